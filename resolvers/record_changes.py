"""The roots that change records: one function per field of `Mutation`."""

from gateway.entities import TransactionPayload
from gateway.operations.catalogue import (
    CENTRA_SAVE_PRODUCTS,
    CREATE_SALES_CHANNEL,
    DELETE_PRODUCTS,
    DELETE_VARIANTS,
    DELETE_WAREHOUSES,
    SAVE_PRODUCTS,
    SAVE_VARIANTS,
    SAVE_WAREHOUSES,
)
from gateway.operations.one_order import (
    ADD_ORDER_NOTE,
    ATTACH_ORDER_DOCUMENT,
    CONFIRM_DELIVERY,
    DELETE_ORDER_DOCUMENT,
    RESCHEDULE_ORDER,
    UPDATE_ORDER,
)
from gateway.operations.one_shipment import CREATE_RETURN, UPDATE_SHIPMENT
from gateway.operations.order_tasks import DELETE_ORDERS
from resolvers.arguments import Input
from resolvers.catalogue_inputs import (
    CentraSaveProductsInput,
    CreateSalesChannelInput,
    DeleteCatalogInput,
    SaveProductsInput,
    SaveVariantsInput,
    SaveWarehousesInput,
)
from resolvers.change_inputs import OrderIdsInput
from resolvers.context import Info
from resolvers.mutation import submitted
from resolvers.record_inputs import (
    AddOrderNoteInput,
    AttachOrderDocumentInput,
    ConfirmDeliveryInput,
    CreateReturnInput,
    DeleteOrderDocumentInput,
    RescheduleOrderInput,
    UpdateOrderInput,
    UpdateShipmentInput,
)


async def reschedule_order(info: Info, input: Input[RescheduleOrderInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, RESCHEDULE_ORDER, input)


async def confirm_delivery(info: Info, input: Input[ConfirmDeliveryInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CONFIRM_DELIVERY, input)


async def update_order(info: Info, input: Input[UpdateOrderInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, UPDATE_ORDER, input)


async def delete_orders(info: Info, input: Input[OrderIdsInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, DELETE_ORDERS, input)


async def add_order_note(info: Info, input: Input[AddOrderNoteInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, ADD_ORDER_NOTE, input)


async def attach_order_document(info: Info, input: Input[AttachOrderDocumentInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, ATTACH_ORDER_DOCUMENT, input)


async def delete_order_document(info: Info, input: Input[DeleteOrderDocumentInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, DELETE_ORDER_DOCUMENT, input)


async def update_shipment(info: Info, input: Input[UpdateShipmentInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, UPDATE_SHIPMENT, input)


async def create_return(info: Info, input: Input[CreateReturnInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CREATE_RETURN, input)


async def save_products(info: Info, input: Input[SaveProductsInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, SAVE_PRODUCTS, input)


async def delete_products(info: Info, input: Input[DeleteCatalogInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, DELETE_PRODUCTS, input)


async def save_variants(info: Info, input: Input[SaveVariantsInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, SAVE_VARIANTS, input)


async def delete_variants(info: Info, input: Input[DeleteCatalogInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, DELETE_VARIANTS, input)


async def save_warehouses(info: Info, input: Input[SaveWarehousesInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, SAVE_WAREHOUSES, input)


async def delete_warehouses(info: Info, input: Input[DeleteCatalogInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, DELETE_WAREHOUSES, input)


async def create_sales_channel(info: Info, input: Input[CreateSalesChannelInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CREATE_SALES_CHANNEL, input)


async def centra_save_products(info: Info, input: Input[CentraSaveProductsInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CENTRA_SAVE_PRODUCTS, input)
