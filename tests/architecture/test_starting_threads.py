"""In the bench process one module starts threads; whatever name a thread goes by, it is found."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "workbench"
# The bench's own hands; and the jobs of the query worker, which is another process.
HANDS = ("tui/jobs.py", "tui/services/query_service.py")
JOBS = {"workers/query.py", "workers/open_results.py", "workers/worker/query.py",
        "workers/worker/open_results.py"}  # fmt: skip
# These are imported behind the sandbox of a worker alone.
IN_WORKERS = {"engine", "intake", "analysis", "detection", "synth"}
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in IN_WORKERS
)
# A name of these, or below them, starts a thread, or is a pool that does.
STARTING = ("threading.Thread", "threading.Timer", "threading._start_new_thread",
            "threading._start_joinable_thread", "_thread", "concurrent.futures", "multiprocessing",
            "asyncio.to_thread", "asyncio.threads", "anyio.to_thread")  # fmt: skip
METHODS = {"run_in_executor", "to_thread", "set_default_executor"}
HARMLESS = {"_thread.get_ident", "_thread.allocate_lock"}
_RUN_WORKER_THREAD = 7  # the place of `thread` among its arguments


class Names:
    """What the names of a module stand for, through imports and assignments, as dotted paths."""

    def __init__(self, tree: ast.Module) -> None:
        self._paths: dict[str, str] = {}
        assigned: list[tuple[str, ast.expr]] = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for one in node.names:
                    top = one.name.partition(".")[0]
                    self._paths[one.asname or top] = one.name if one.asname else top
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for one in node.names:
                    self._paths[one.asname or one.name] = f"{node.module}.{one.name}"
            elif isinstance(node, ast.Assign):
                assigned += [
                    (target.id, node.value)
                    for target in node.targets
                    if isinstance(target, ast.Name)
                ]
            elif (
                isinstance(node, ast.AnnAssign | ast.NamedExpr)
                and node.value is not None
                and isinstance(node.target, ast.Name)
            ):
                assigned.append((node.target.id, node.value))
        for _ in assigned:  # an alias of an alias of an alias
            for name, value in assigned:
                if path := self.path(value):
                    self._paths.setdefault(name, path)

    def path(self, node: ast.AST) -> str:
        """The dotted path that an expression names; empty where it names nothing known."""
        if isinstance(node, ast.Name):
            return self._paths.get(node.id, "")
        if isinstance(node, ast.Attribute):
            owner = self.path(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        if isinstance(node, ast.Call):
            return self._called(node)
        return ""

    def _called(self, node: ast.Call) -> str:
        constants = [one.value for one in node.args if isinstance(one, ast.Constant)]
        words = [one for one in constants if isinstance(one, str)]
        function = node.func.id if isinstance(node.func, ast.Name) else ""
        if function == "__import__" or self.path(node.func) == "importlib.import_module":
            return words[0] if words else ""
        if function == "getattr" and words:
            owner = self.path(node.args[0])
            return f"{owner}.{words[0]}" if owner else ""
        return ""


def starts(source: str) -> list[str]:
    """Every place of a module that starts a thread, or takes what does."""
    tree = ast.parse(source)
    names = Names(tree)
    return [
        f"line {getattr(node, 'lineno', 0)}: {what}"
        for node in ast.walk(tree)
        for what in _found(node, names)
    ]


def _found(node: ast.AST, names: Names) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from filter(_is_start, (one.name for one in node.names))
    elif isinstance(node, ast.ImportFrom):
        taken = [f"{node.module}.{one.name}" for one in node.names]
        yield from (path for path in taken if _is_start(path) or path == "threading.*")
    elif isinstance(node, ast.Attribute) and node.attr in METHODS:
        yield node.attr
    elif isinstance(node, ast.Name | ast.Attribute) and _is_start(names.path(node)):
        yield names.path(node)
    elif isinstance(node, ast.Call):
        yield from _asked(node, names)


def _asked(node: ast.Call, names: Names) -> Iterator[str]:
    if _is_start(path := names.path(node)):
        yield path
    elif isinstance(node.func, ast.Name) and node.func.id == "getattr":
        yield from (one.value for one in node.args
                    if isinstance(one, ast.Constant) and one.value in METHODS)  # fmt: skip
    for given in node.keywords:
        unpacked = given.value if given.arg is None else None
        asked = [given.value] if given.arg == "thread" else []
        if isinstance(unpacked, ast.Dict):
            asked = [
                value
                for key, value in zip(unpacked.keys, unpacked.values, strict=True)
                if isinstance(key, ast.Constant) and key.value == "thread"
            ]
        if any(not (isinstance(one, ast.Constant) and one.value is False) for one in asked):
            yield "thread=True"
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if method == "run_worker" and len(node.args) > _RUN_WORKER_THREAD:
        yield "run_worker with a thread by its place"


def _is_start(path: str) -> bool:
    return path not in HARMLESS and any(
        path == start or path.startswith(f"{start}.") for start in STARTING
    )


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_threads_start_in_one_place(module: Path) -> None:
    found = starts(module.read_text(encoding="utf-8"))
    if module.relative_to(PACKAGE).as_posix() in JOBS.union(HANDS):
        assert found, "it starts threads no more: take it off the list"
    else:
        assert found == []


def test_one_module_of_the_bench_is_its_hands() -> None:
    assert sum((PACKAGE / name).exists() for name in HANDS) == 1


PLANTED = [
    "import threading\nthreading.Thread(target=print).start()",
    "import threading as t\nt.Thread(target=print)",
    "from threading import Thread\nThread(target=print)",
    "from threading import Thread as T\nT(target=print)",
    "from threading import *\nThread(target=print)",
    "import threading\nT = threading.Thread\nS = T\nS(target=print)",
    "import threading\n(T := threading.Thread)(target=print)",
    "import threading\nclass Mine(threading.Thread): ...",
    "import threading\nthreading.Timer(1, print).start()",
    "import threading\ngetattr(threading, 'Thread')(target=print)",
    "__import__('threading').Thread(target=print)",
    "import importlib\nimportlib.import_module('threading').Thread(target=print)",
    "from importlib import import_module as load\nm = load('threading')\nm.Thread(target=print)",
    "def late():\n    import threading\n    return threading.Thread",
    "import _thread\n_thread.start_new_thread(print, ())",
    "from _thread import start_new_thread as go\ngo(print, ())",
    "import concurrent.futures\nconcurrent.futures.ThreadPoolExecutor()",
    "from concurrent import futures\nfutures.ThreadPoolExecutor()",
    "from concurrent import futures as f\nf.ProcessPoolExecutor()",
    "from concurrent.futures import ThreadPoolExecutor as Pool\nPool()",
    "from multiprocessing.pool import ThreadPool\nThreadPool()",
    "import asyncio\nasyncio.to_thread(print)",
    "import asyncio as a\na.to_thread(print)",
    "from asyncio import to_thread as aside\naside(print)",
    "import asyncio\naside = asyncio.to_thread\naside(print)",
    "import asyncio\nasyncio.get_running_loop().run_in_executor(None, print)",
    "run = loop.run_in_executor\nrun(None, print)",
    "getattr(loop, 'run_in_executor')(None, print)",
    "from textual import work\nclass A:\n    @work(thread=True)\n    def go(self): ...",
    "from textual import work as w\nclass A:\n    @w(thread=True)\n    def go(self): ...",
    "self.run_worker(work, thread=True)",
    "self.run_worker(work, thread=always)",
    "self.run_worker(work, **{'thread': True})",
    "self.run_worker(work, '', '', '', True, True, False, True)",
    "from functools import partial\npartial(self.run_worker, thread=True)",
]


@pytest.mark.parametrize("source", PLANTED)
def test_each_form_is_found(source: str) -> None:
    assert starts(source)


@pytest.mark.parametrize(
    "source",
    [
        "import threading\nthreading.Lock()\nthreading.Event()\nthreading.get_ident()",
        "self.run_worker(work, group='a', exclusive=True)",
        "self.run_worker(work, thread=False)",
        "import asyncio\nasyncio.gather(one, two)",
        "Thread = 'a conversation'\nprint(Thread)",
    ],
)
def test_what_starts_none_is_let_pass(source: str) -> None:
    assert starts(source) == []
