"""Templates: what they import is at hand at once, and they refuse an unknown name of a known thing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from types import FunctionType
from typing import Any

from flask.templating import Environment
from jinja2 import FileSystemBytecodeCache, StrictUndefined, Template, Undefined
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro


class _Imported(Template):
    """A template whose macros others import: made once, and that it was is not asked anew at each import.

    Jinja first looks for globals that only the importing template has. Here all have those of the environment, and a
    search page imports eleven times.
    """

    def _get_default_module(self, _: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


class _Calls(Context):
    """Calls functions and macros at once. Jinja asks each time whether one wants the context, in several ways; a search
    page calls two hundred.
    """

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Jinja's own hook; the variables of the loop and block that it passes along are for functions that want them."""
        plain = type(called) is FunctionType and not hasattr(called, "jinja_pass_arg")
        if not plain and type(called) is not Macro:
            return super().call(called, *args, **kwargs)
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        return called(*args, **kwargs) if plain else called(self.eval_ctx, *args, **kwargs)


class PlainEnvironment(Environment):
    """As in production."""

    template_class = _Imported
    context_class = _Calls


class StrictEnvironment(PlainEnvironment):
    """A misspelt attribute (``appeal.resaon``) would else be written as nothing, and stay unseen on a page that looks whole.

    Everywhere but in production, where a page with a hole is better than none. A mapping may lack a key, and a
    template may be given a variable or not: these stay as they are.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The attribute, or what says that there is none as soon as it is used but for asking whether it is there."""
        found = super().getattr(obj, attribute)
        if isinstance(found, Undefined) and not isinstance(obj, (Mapping, Undefined)):
            return StrictUndefined(obj=obj, name=attribute)
        return found


class CompiledTemplates(FileSystemBytecodeCache):
    """Templates as Python code, in a folder for nobody but us: what they say is run. Compiling those of the first page
    took two thirds of its time in each new process.

    Whether a template is still the one that was compiled is known by its text, and by the
    compiler's version.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        super().__init__(str(folder), f"jinja-{version('jinja2')}-%s")

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Jinja's own hook. A page does not wait for room on the disk."""
        with suppress(OSError):
            super().dump_bytecode(bucket)
