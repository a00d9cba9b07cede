"""Rules on Python sources that no linter knows; each takes a syntax tree and yields (line, what is wrong)."""

import ast
from collections.abc import Iterator

Offence = tuple[int, str]

_BROAD = {"Exception", "BaseException"}


def dotted(node: ast.AST) -> str:
    """Return ``a.b.c`` for a chain of names, an empty text for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join(reversed([*parts, node.id]))


def missing_docstring(tree: ast.Module) -> Iterator[Offence]:
    """A module says what it is for."""
    if not ast.get_docstring(tree):
        yield 1, "the module has no docstring"


def reads_environment(tree: ast.Module) -> Iterator[Offence]:
    """Only config.py reads the environment; wsgi.py may set how psycopg waits and ask for ASYNC_MODE, both before any import."""
    permitted = {id(node) for node in map(_set_before_import, ast.walk(tree)) if node is not None}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in {"os", "dotenv"}:
            wrong = [
                alias.name for alias in node.names if alias.name in {"environ", "environb", "getenv", "load_dotenv"}
            ]
            if wrong:
                yield node.lineno, f"{wrong[0]} is imported outside config.py"
        elif isinstance(node, ast.Import) and any(a.name == "os" and a.asname not in {None, "os"} for a in node.names):
            yield node.lineno, "os is imported under another name, which hides what is read from it"
        elif dotted(node) in {"os.environ", "os.environb", "os.getenv"} and id(node) not in permitted:
            yield getattr(node, "lineno", 0), "the environment is read outside config.py"


def _set_before_import(node: ast.AST) -> ast.AST | None:
    """Return the ``os.environ`` of a statement that sets PSYCOPG_WAIT_FUNC or asks for ASYNC_MODE."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"setdefault", "get"}:
        owner, key = node.func.value, node.args[0] if node.args else None
        if node.func.attr == "get":
            return owner if isinstance(key, ast.Constant) and key.value == "ASYNC_MODE" else None
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        owner, key = node.value, node.slice
    else:
        return None
    return owner if isinstance(key, ast.Constant) and key.value == "PSYCOPG_WAIT_FUNC" else None


def touches_session(tree: ast.Module) -> Iterator[Offence]:
    """Views, API and sockets reach the database through services and queries alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("extensions"):
            if any(alias.name == "db" for alias in node.names):
                yield node.lineno, "a face imports db"
        elif isinstance(node, ast.Attribute) and dotted(node).endswith("db.session"):
            yield node.lineno, "a face uses db.session"


def reads_wall_clock(tree: ast.Module) -> Iterator[Offence]:
    """The present moment comes from core.clock.now(), which tests can move and which is aware."""
    wrong = ("datetime.now", "datetime.utcnow", "datetime.today", "datetime.utcfromtimestamp", "date.today")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := dotted(node.func)) and name.endswith(wrong):
            yield node.lineno, f"{name}() is used instead of clock.now()"


def swallows_errors(tree: ast.Module) -> Iterator[Offence]:
    """An error that nobody expected is never thrown away."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and all(map(_is_idle, node.body)):
            yield node.lineno, "every error is swallowed here"
        elif isinstance(node, ast.Call) and dotted(node.func).endswith("suppress") and any(map(_is_broad, node.args)):
            yield node.lineno, "every error is suppressed here"


def _is_broad(kind: ast.AST | None) -> bool:
    if kind is None:
        return True
    if isinstance(kind, ast.Tuple):
        return any(map(_is_broad, kind.elts))
    return dotted(kind).rpartition(".")[2] in _BROAD


def _is_idle(statement: ast.stmt) -> bool:
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_text or isinstance(statement, ast.Pass | ast.Continue)


def marks_safe(tree: ast.Module) -> Iterator[Offence]:
    """Only the filter for stored Markdown declares HTML safe."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            names = {alias.name.rpartition(".")[2] for alias in node.names}
            if "Markup" in names:
                yield node.lineno, "Markup is imported"
        elif isinstance(node, ast.Attribute) and node.attr == "Markup":
            yield node.lineno, "Markup is used"


def is_skipped(tree: ast.Module) -> Iterator[Offence]:
    """A test runs or does not exist."""
    wrong = (
        "mark.skip",
        "mark.skipif",
        "mark.xfail",
        "pytest.skip",
        "pytest.xfail",
        "pytest.importorskip",
        "unittest.skip",
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and dotted(node).endswith(wrong):
            yield node.lineno, f"{dotted(node)} is used"


def long_functions(tree: ast.Module, *, limit: int) -> Iterator[Offence]:
    """A function can be seen at once; what is defined inside it is counted by itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [child for child in node.body if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)]
            lines = _lines(node) - sum(map(_lines, inner))
            if lines > limit:
                yield node.lineno, f"{node.name} has {lines} lines"


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def one_way_migration(tree: ast.Module) -> Iterator[Offence]:
    """A migration can be undone, and stays the same when the application changes."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for name in ("upgrade", "downgrade"):
        function = functions.get(name)
        if function is None:
            yield 1, f"there is no {name}()"
        elif all(map(_is_idle, function.body)) or isinstance(function.body[0], ast.Raise):
            yield function.lineno, f"{name}() does nothing"
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        if any(name.split(".")[0] in {"social_cme", "config", "wsgi"} for name in names):
            yield getattr(node, "lineno", 0), "the application is imported"
