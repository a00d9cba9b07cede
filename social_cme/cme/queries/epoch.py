"""Arithmetic on times inside the database, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class epoch_second(FunctionElement[int]):  # noqa: N801 - reads as the SQL function that it is
    """Whole seconds since 1970 of a time column; fractions are cut off."""

    name = "epoch_second"
    type = Integer()
    inherit_cache = True


@compiles(epoch_second, "sqlite")
def _sqlite(element: epoch_second, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(epoch_second, "postgresql")
def _postgresql(element: epoch_second, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(FLOOR(EXTRACT(EPOCH FROM {compiler.process(element.clauses, **options)})) AS BIGINT)"
