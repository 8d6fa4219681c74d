"""Numbers that are none, in the inputs of forms: the form comes back, and loses nothing."""

from dataclasses import replace

import pytest

from dialogs import verbs
from dialogs.cards import render
from dialogs.course_views import CourseFormView
from dialogs.register_views import RegisterCardView
from dialogs.run_views import TemplateFormView
from dialogs.setup_views import SetupFormView
from dialogs.templating import Wrong, template_from
from dialogs.views import View
from scheduling.workflows.setup_form import Kind
from tests.support.card_samples import MANAGER, SAMPLES

ODD = ("²", "--5", "-²", "٣", "9" * 40, "-", "1e3", "½")
FORMS = (TemplateFormView, CourseFormView, SetupFormView, RegisterCardView)


def entered(view: View, odd: str) -> View | None:
    """Return a form with ``odd`` in each input for a number; None for what is no form."""
    match view:
        case TemplateFormView() | CourseFormView():
            return replace(view, typed=dict.fromkeys(view.typed, odd))
        case SetupFormView(form=form):
            numbers = (Kind.NUMBER, Kind.DECIMAL)
            asked = [replace(one, value=odd) if one.kind in numbers else one for one in form.asked]
            return SetupFormView(form=replace(form, asked=tuple(asked)))
        case RegisterCardView(register=register):
            names = [verbs.SCORE_PREFIX + one.person_id for one in register.entries]
            return replace(view, editing=True, typed=dict.fromkeys(names, odd))
    return None


@pytest.mark.parametrize("odd", ODD)
def test_a_form_is_drawn_whatever_was_typed_for_a_number(odd: str) -> None:
    drawn = set()
    for sample in SAMPLES.values():
        if (view := entered(sample.view, odd)) is not None:
            assert render(view, MANAGER)["body"]
            drawn.add(type(view))
    assert drawn == set(FORMS)


@pytest.mark.parametrize("odd", ODD)
def test_a_template_is_not_made_of_a_number_that_is_none(odd: str) -> None:
    form = SAMPLES["template-change"].view
    assert isinstance(form, TemplateFormView)
    typed = {**form.typed, verbs.FREQUENCY: "monthly", verbs.NTH: odd, verbs.MINUTES: odd}
    made = template_from(typed, None, 0)
    assert isinstance(made, Wrong)
    assert verbs.MINUTES in made.inputs
