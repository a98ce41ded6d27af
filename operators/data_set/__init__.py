"""What is done with a data set that is baked."""

from .export import TRUTHBAKE_OT_export
from .report import TRUTHBAKE_OT_report
from .runtime import TRUTHBAKE_PG_data_set
from .verify import TRUTHBAKE_OT_verify

classes = (TRUTHBAKE_PG_data_set, TRUTHBAKE_OT_export, TRUTHBAKE_OT_verify, TRUTHBAKE_OT_report)
