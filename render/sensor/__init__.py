"""What a real camera does to a picture, in arrays of linear light. Pure; the numbers come from `scene.plan.sensor`."""
