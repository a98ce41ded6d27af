"""Jobs: iterators that do the work step by step and yield progress events, whoever drives them."""
