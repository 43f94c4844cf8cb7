"""The interface sentences that the code says, and the places in them that it fills."""

_PLAIN = """
welcome consent_question consent_yes consent_no subscribed unsubscribed help menu what_now greet goodbye thanks ask_bot
privacy language_question language_auto language_set language_auto_set unsure unsure_again sorry_wrong out_of_scope
old_button resting failed got_photo got_voice got_sticker got_document got_other group_private group_distress
button_private
what_to_do law_label source_label issuer_label avoid_label case_outcome case_lesson wording_verbatim wording_translation
wording_paraphrase button_law button_case button_next_case button_guide button_talk button_something_else
invite_already invite_not_valid no_right invite_usage role_admin role_counsellor role_student no_school_yet
telegram_description telegram_short_description command_start command_help command_language command_privacy
command_stop command_subscribe
command_library command_redflags command_cases command_words command_myths command_story
command_quiz quiz_group quiz_right quiz_answered quiz_earlier quiz_go_on quiz_all_right quiz_most_right quiz_few_right
quiz_read_on button_another_round button_library
flag_signs flag_happens flag_ask flag_instead button_all_flags button_next_belief button_belief
term_also term_misnomers button_case_like_this button_play_again button_more button_back library
content_in_use
export_ready forget_question forget_yes forget_no forgotten not_forgotten forget_only_admin
school_none school_left cancelled nothing_to_cancel feedback_nothing feedback_question feedback_thanks
command_school command_export command_forget command_feedback command_cancel
button_whole_guide button_step_done button_later guide_left guide_end
shelf_red_flags shelf_cases shelf_guides shelf_beliefs shelf_glossary shelf_laws shelf_stories
about_red_flags about_cases about_guides about_beliefs about_glossary about_laws about_stories
cases_student cases_minor cases_worker cases_tech_employee cases_insider cases_other
terms_crime terms_law terms_money terms_card terms_job terms_tech terms_people terms_procedure terms_consequence
"""

TEXTS: dict[str, frozenset[str]] = {
    **{key: frozenset() for key in _PLAIN.split()},
    "law_in_force": frozenset({"date"}),
    "law_amended": frozenset({"date"}),
    "law_checked": frozenset({"date"}),
    "law_released": frozenset({"date"}),
    "school_yours": frozenset({"schools"}),
    "button_leave": frozenset({"school"}),
    "guide_steps": frozenset({"count"}),
    "guide_step": frozenset({"number", "count"}),
    "button_go_on": frozenset({"number"}),
    "note_count": frozenset({"count"}),
    "note_paid": frozenset({"amount"}),
    "note_moved": frozenset({"amount"}),
    "note_age": frozenset({"age", "button"}),
    "shelf_page": frozenset({"page", "pages"}),
    "quiz_wrong": frozenset({"option"}),
    "quiz_score": frozenset({"right", "of"}),
    "content_refused": frozenset({"count", "problems"}),
    "invite_welcome": frozenset({"school", "role"}),
    "invite_welcome_everywhere": frozenset({"role"}),
    "invite_unknown_school": frozenset({"schools"}),
    "invite_made": frozenset({"role", "uses", "expires", "link"}),
}
"""Key to the names that must, and alone may, stand in curly brackets."""
