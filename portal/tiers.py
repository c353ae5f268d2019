"""Pages of the province's own place: the same templates, read with the words of its bodies.

Templates are written as a district's units and officers speak ("Phòng GDĐT", "huyện"). Where the Department itself
appraises and the chairman of the province decides, those words are replaced once, in the source of a template as it
is loaded; what people typed and what the database holds is never touched.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from flask import g, has_request_context
from flask.templating import Environment
from flask_login import current_user
from jinja2 import BaseLoader, Template

from portal import words
from portal.templating import QuickEnvironment
from tenants.places import Tier

Source = tuple[str, str | None, Callable[[], bool] | None]


class _Reworded(BaseLoader):
    """Gives a template's source in the words of the province's own place."""

    def __init__(self, loader: BaseLoader) -> None:
        self._loader = loader

    def get_source(self, environment: Any, template: str) -> Source:
        """Return the source of a template with its words replaced."""
        source, name, fresh = self._loader.get_source(environment, template)
        return words.in_words_of(Tier.PROVINCE, source), name, fresh


class TieredEnvironment(QuickEnvironment):
    """The pages' environment, with a second set of templates for pages of the province's own place."""

    @cached_property
    def provincial(self) -> Environment:
        """The same environment with the other words; globals, filters and tests are shared."""
        assert self.loader is not None
        made = self.overlay(loader=_Reworded(self.loader))
        made.__class__ = QuickEnvironment  # finds its own templates and no further set
        return made  # type: ignore[return-value]

    def get_or_select_template(self, template_name_or_list: Any, *args: Any, **more: Any) -> Template:
        """Find the template for whoever asks."""
        if tier_here() is Tier.PROVINCE:
            return self.provincial.get_or_select_template(template_name_or_list, *args, **more)
        return super().get_or_select_template(template_name_or_list, *args, **more)


def role_name(role: str, tier: str = "") -> str:
    """Name a role as people of the place know it that a page is about, or of a tier."""
    return words.role_name(role, tier or tier_here())


def speak_of(tier: str) -> None:
    """Have the page that is being answered speak as a tier does, whoever reads it: it is about one of its places."""
    g.spoken_tier = tier


def tier_here() -> Tier:
    """Return the tier of the place a page is about, or where the signed-in person acts."""
    if "spoken_tier" in g:
        return Tier(g.spoken_tier)
    if not has_request_context() or not current_user or not current_user.is_authenticated:
        return Tier.DISTRICT
    place = current_user.place
    return Tier(place.tier) if place is not None else Tier.DISTRICT
