"""SQS: a state that comes back on another port keeps its queues.

The emulator knows a queue by its URL, in which its own port stands. After a start on another port it would find none of the
restored queues by name: rules would still fill them, and no Lambda would be asked to consume them.
"""

from ministack.services import sqs

from gaps.patching import require


def close() -> None:
    require(sqs, "_queues", "_rebuild_queue_name_index", "_queue_url_for_account")
    rebuild = sqs._rebuild_queue_name_index

    def rebuild_for_this_port() -> None:
        _rename_queues()
        rebuild()

    # The last thing that the emulator does when it reads its state.
    sqs._rebuild_queue_name_index = rebuild_for_this_port


def _rename_queues() -> None:
    queues = sqs._queues._data
    for key, queue in list(queues.items()):
        account, region, _former_url = key
        queue["url"] = sqs._queue_url_for_account(account, queue["name"])
        queues[(account, region, queue["url"])] = queues.pop(key)
