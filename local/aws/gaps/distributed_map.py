"""Step Functions: a Distributed Map of a JSONata workflow reads its `Items` and `ItemSelector` and writes its `Output`.

The emulator treats each Distributed Map as one of a JSONPath workflow: it looks for `ItemsPath`, hands an `ItemSelector` with
JSONata over as text, and ignores `Output` and `Assign`. Children that a stop of the emulator cut short would stay RUNNING for
ever: their parent enters the Map state again, with new ones.
"""

from ministack.services import stepfunctions

from gaps.patching import require, rewrite_function


def _in_jsonata(state: dict, context: dict) -> bool:
    return stepfunctions._state_query_language(state, context) == "JSONata"


def _items(state: dict, raw_input: object, effective: object, context: dict) -> object:
    if _in_jsonata(state, context):
        return stepfunctions._jsonata_state_field(state, "Items", "array", raw_input, context) if "Items" in state else raw_input
    return stepfunctions._resolve_path_or_ctx(state.get("ItemsPath", "$"), effective, context)


def _reader(state: dict, raw_input: object, context: dict) -> dict:
    """In JSONata an `ItemReader` has `Arguments` where it has `Parameters` in JSONPath."""
    reader = state["ItemReader"]
    if not _in_jsonata(state, context):
        return reader
    evaluated = stepfunctions._apply_jsonata_template(reader, raw_input, context)
    return {**evaluated, "Parameters": evaluated.get("Arguments", {})}


def _number(state: dict, field: str, raw_input: object, context: dict) -> float:
    if field not in state:
        return 0
    if _in_jsonata(state, context):
        return stepfunctions._jsonata_state_field(state, field, "number", raw_input, context)
    return state[field] or 0


def _child_input(state: dict, selector: object, item: object, raw_input: object, effective: object, context: dict) -> object:
    if not selector:
        return item
    if _in_jsonata(state, context):
        return stepfunctions._apply_jsonata_template(selector, raw_input, context)
    return stepfunctions._resolve_params_obj(selector, effective, context)


def _finish(state: dict, raw_input: object, context: dict, results: list) -> tuple | None:
    """The output and the next state; none for a state in JSONPath."""
    if not _in_jsonata(state, context):
        return None
    output = stepfunctions._apply_jsonata_output(state, raw_input, context, result=results, default=results)
    stepfunctions._apply_state_assign(state, raw_input, context, result=results)
    return output, stepfunctions._next_or_end(state)


def abort_cut_short() -> None:
    """Ends the children that ran when the emulator stopped."""
    for execution in stepfunctions._executions.all_values():
        if execution.get("mapRunArn") and execution.get("status") == "RUNNING":
            execution.update(status="ABORTED", stopDate=stepfunctions.now_iso())


def close() -> None:
    require(
        stepfunctions,
        "_state_query_language",
        "_jsonata_state_field",
        "_apply_jsonata_template",
        "_apply_jsonata_output",
        "_apply_state_assign",
        "_resolve_path_or_ctx",
        "_resolve_params_obj",
        "_next_or_end",
        "now_iso",
    )
    rewrite_function(
        stepfunctions,
        "_run_distributed_map",
        [
            ('_read_map_items(state_def["ItemReader"], ', "_read_map_items(_launcher_map.reader(state_def, raw_input, ctx), "),
            (
                '_resolve_path_or_ctx(state_def.get("ItemsPath", "$"), effective, ctx)',
                "_launcher_map.items(state_def, raw_input, effective, ctx)",
            ),
            ('state_def.get("MaxConcurrency") or 0', '_launcher_map.number(state_def, "MaxConcurrency", raw_input, ctx)'),
            (
                'state_def.get("ToleratedFailurePercentage") or 0',
                '_launcher_map.number(state_def, "ToleratedFailurePercentage", raw_input, ctx)',
            ),
            (
                'state_def.get("ToleratedFailureCount") or 0',
                '_launcher_map.number(state_def, "ToleratedFailureCount", raw_input, ctx)',
            ),
            (
                "_resolve_params_obj(item_selector, effective, item_ctx) if item_selector else item",
                "_launcher_map.child_input(state_def, item_selector, item, raw_input, effective, item_ctx)",
            ),
            (
                "    result = _apply_result_selector(state_def, results)\n",
                "    finished = _launcher_map.finish(state_def, raw_input, ctx, results)\n"
                "    if finished is not None:\n"
                "        return finished\n"
                "    result = _apply_result_selector(state_def, results)\n",
            ),
        ],
        _launcher_map=_Map,
    )


class _Map:
    """What `_run_distributed_map`, rewritten, calls."""

    items = staticmethod(_items)
    reader = staticmethod(_reader)
    number = staticmethod(_number)
    child_input = staticmethod(_child_input)
    finish = staticmethod(_finish)
