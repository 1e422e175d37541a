#!/usr/bin/env python3
"""Fails when a file includes a header of a layer to the right of its own.

    layers.py <root of the project>
"""

import re
import sys
from pathlib import Path

# Left to right. Names are relative to include/curfew and without ".hpp". A file of impl/ or src/
# is in the layer of the header that it is named after, unless it is named here itself.
LAYERS = {
    "vocabulary": """
        fwd error clock cancellation_reason stage export version
        detail/limit detail/check detail/spin_lock detail/words
    """.split(),
    "deadlines, decisions, tokens": """
        cancellation_token cancellation_source cancellation_callback cancellation_guard stop_token
        detail/timing_wheel detail/deadline_node detail/deadline_service detail/context_executor
        detail/verdict detail/region detail/region_stack detail/stack_table detail/list_hook
        detail/request_target detail/token_state detail/callback_node detail/plain_executor detail/parked_op
        detail/associated_stack detail/associated_request detail/inline_depth
        detail/handler_executor detail/init_argument impl/token_wait
        observer detail/observing detail/visitors detail/wait_note
    """.split(),
    "operations": """
        operation outcome wait_for timeout timeout_scope move_on_after sleep checkpoint this_task
        cancel_when shield finally
        detail/result_traits detail/adopt detail/completion detail/kept_arguments
        detail/scoped_region detail/asking_regions impl/scope impl/scope_body impl/move_on impl/searching_handler
        detail/whereabouts impl/settle impl/as_awaitable impl/wait_op impl/wait_handler impl/initiate_wait impl/triggers
    """.split(),
    "structure": """
        event semaphore mutex queue
        detail/waiter detail/event_state detail/permit_pool detail/queue_state
        impl/queued_wait impl/acquire
        task spawn spawn_options task_group group_options with_task_group gather race wait
        as_completed retry retry_policy return_when
        detail/group_verdict detail/task_core detail/group_core detail/start_core
        detail/spawned_task detail/task_watch detail/task_registry impl/told_wake impl/children impl/branches impl/branches_op
    """.split(),
    "application": """
        shutdown_control shutdown_report run run_options watchdog_options
        detail/shutdown_stages detail/shutdown_state detail/run_driver detail/run_signals
        idle serve serve_options detail/accept_pauses detail/serve_reports
        close_gracefully abandon_after resolve
        tasks task_info detail/task_snapshot detail/dump timeline spdlog
        detail/coroutine_executor detail/stream_layers detail/trace detail/line_limit
    """.split(),
    "umbrella": ["curfew"],
    "testing": [],  # everything in testing/
}

ORDER = list(LAYERS)
LAYER_OF = {name: layer for layer, names in LAYERS.items() for name in names}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def layer_of(name):
    """The layer of a file by its name without suffix, relative to include/curfew or to src."""
    if name.startswith("testing/"):
        return "testing"
    for candidate in (name, "detail/" + name, "impl/" + name, name.removeprefix("impl/")):
        if candidate in LAYER_OF:
            return LAYER_OF[candidate]
    return None


def name_of(root, path):
    for folder in (root / "include/curfew", root / "src"):
        if path.is_relative_to(folder):
            return path.relative_to(folder).with_suffix("").as_posix()
    return None


def included_names(root, path):
    """The names of the project's own headers that a file includes."""
    for bracket, header in INCLUDE.findall(path.read_text(encoding="utf-8")):
        beside = (path.parent / header).resolve()
        if bracket == '"' and beside.exists():
            yield name_of(root, beside)
        elif header.startswith("curfew/"):
            yield header.removeprefix("curfew/").removesuffix(".hpp")


def faults(root):
    root = Path(root).resolve()
    files = sorted(p for folder in ("include", "src") for p in (root / folder).rglob("*.[hc]pp"))
    if not files:
        yield f"there are no sources in {root}"
    for path in files:
        shown = path.relative_to(root)
        layer = layer_of(name_of(root, path))
        if layer is None:
            yield f"{shown}: is in no layer; add it to LAYERS in test/checks/layers.py"
            continue
        for name in included_names(root, path):
            other = layer_of(name)
            if other is None:
                yield f"{shown}: includes {name}, which is in no layer; add it to LAYERS in test/checks/layers.py"
            elif ORDER.index(other) > ORDER.index(layer):
                yield f"{shown}: is in layer '{layer}' and includes {name} of layer '{other}'"


if __name__ == "__main__":
    found = list(faults(sys.argv[1]))
    print("\n".join(found) or "every include points to its own layer or to the left")
    sys.exit(1 if found else 0)
