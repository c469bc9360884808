"""What Cenports can be asked to change: how each mutation is done there."""

from gateway.backends.cenports.acknowledging import AcknowledgeOrders

CHANGES = {"acknowledgeOrders": AcknowledgeOrders}
