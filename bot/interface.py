"""The interface sentences that the code says, and the places in them that it fills."""

_PLAIN = """
welcome consent_question consent_yes consent_no subscribed unsubscribed help menu what_now greet goodbye thanks ask_bot
privacy language_question language_auto language_set language_auto_set unsure unsure_again sorry_wrong out_of_scope
old_button resting failed got_photo got_voice got_sticker got_document got_other group_private group_distress
button_private not_your_button old_button_group slow_down button_keep button_drop keep_yes keep_no kept not_kept
kept_dropped kept_gone keep_not_at_hand keep_nothing keep_too_many
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
content_in_use alert_database alert_given_up alert_nlu_away alert_nlu_back alert_training waits_for_us
export_ready forget_question forget_yes forget_no forgotten not_forgotten forget_only_admin
school_none school_left cancelled nothing_to_cancel feedback_nothing feedback_question feedback_thanks
command_school command_export command_forget command_feedback command_cancel
button_whole_guide button_step_done button_later guide_left guide_end
shelf_red_flags shelf_cases shelf_guides shelf_beliefs shelf_glossary shelf_laws shelf_stories
about_red_flags about_cases about_guides about_beliefs about_glossary about_laws about_stories
cases_student cases_minor cases_worker cases_tech_employee cases_insider cases_other
command_human desk_wait_unknown desk_all_away desk_anonymous desk_named desk_your_name desk_sent desk_ask_bot
desk_go_on desk_close desk_not_now desk_paused desk_ended desk_no_talk desk_none desk_too_many desk_file_refused
desk_picture_too_large desk_no_picture desk_not_voice desk_not_sticker desk_not_other desk_counsellor desk_student
desk_picture desk_file desk_claimed desk_changed desk_released desk_closed_by_counsellor desk_still_waiting
desk_speaks_zh desk_speaks_en desk_without_name desk_take desk_reply desk_more desk_read desk_release desk_hand_on
desk_stop_writing desk_stopped_writing desk_hand_on_to desk_no_colleague desk_away desk_gone desk_taken desk_not_yours
desk_own desk_inbox_empty desk_away_question desk_away_1 desk_away_3 desk_away_7 desk_away_14 desk_back desk_is_back
desk_aliases
advert_stop advert_check advert_suspicion advert_suspicion_why advert_nothing advert_looked_for advert_noticed
advert_also advert_how_to_check advert_links advert_unreadable advert_no_reader advert_picture_too_large
advert_no_picture advert_paste command_check
campaign_state_draft campaign_state_approved campaign_state_scheduled campaign_state_sending campaign_state_paused
campaign_state_finished campaign_state_cancelled campaign_few campaign_button_send campaign_button_try
campaign_button_cancel campaign_button_pause campaign_button_resume campaign_button_report campaign_button_look
campaign_button_approve campaign_button_new campaign_button_whom campaign_button_when campaign_button_all
campaign_why_missed campaign_why_content_changed campaign_why_needs_approval campaign_why_no_entry
campaign_why_content_errors campaign_why_by_hand campaign_why_restored campaign_list campaign_templates campaign_whom
campaign_when campaign_when_now campaign_few_meant campaign_gone campaign_same_person campaign_changed campaign_tried
campaign_report_few insights_nothing invite_button_yes invite_button_no invite_refused
invite_yes_done invite_no_done invite_settled invite_list_none invite_revoked
terms_crime terms_law terms_money terms_card terms_job terms_tech terms_people terms_procedure terms_consequence
"""

TEXTS: dict[str, frozenset[str]] = {
    **{key: frozenset() for key in _PLAIN.split()},
    "campaign_counts": frozenset({"pending", "planned", "sent", "unsent"}),
    "campaign_to_approve": frozenset({"title"}),
    "campaign_approved": frozenset({"title"}),
    "campaign_paused": frozenset({"title", "why"}),
    "campaign_finished": frozenset({"title"}),
    "campaign_made": frozenset({"audience", "blocked", "count", "never", "out", "title", "when"}),
    "campaign_asked": frozenset({"count", "limit"}),
    "campaign_nobody_to_ask": frozenset({"limit"}),
    "campaign_scheduled": frozenset({"when"}),
    "campaign_not_right": frozenset({"problems"}),
    "campaign_report": frozenset({"lines", "title"}),
    "campaign_report_button": frozenset({"label", "number", "shown"}),
    "campaign_report_question": frozenset({"number", "shown"}),
    "campaign_report_gain": frozenset({"gain", "high", "low", "number"}),
    "campaign_report_left": frozenset({"shown"}),
    "campaign_report_share": frozenset({"count", "percent", "total"}),
    "insights": frozenset({"lines"}),
    "insights_line": frozenset({"change", "now", "topic"}),
    "insights_unanswered": frozenset({"change", "now"}),
    "invite_asked": frozenset({"role", "school"}),
    "invite_wait": frozenset({"role"}),
    "invite_confirmed": frozenset({"role"}),
    "invite_list": frozenset({"lines"}),
    "invite_line": frozenset({"allowed", "expires", "number", "role", "school", "uses"}),
    "law_in_force": frozenset({"date"}),
    "law_amended": frozenset({"date"}),
    "law_checked": frozenset({"date"}),
    "law_released": frozenset({"date"}),
    "keep_question": frozenset({"text"}),
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
    "alert_disk": frozenset({"megabytes"}),
    "content_refused": frozenset({"count", "problems"}),
    "desk_door": frozenset({"school", "wait"}),
    "desk_wait_usual": frozenset({"time"}),
    "desk_write": frozenset({"alias"}),
    "desk_write_named": frozenset({"name"}),
    "desk_listening": frozenset({"alias"}),
    "desk_begun": frozenset({"wait"}),
    "desk_running": frozenset({"alias"}),
    "desk_opened": frozenset({"spoken", "who"}),
    "desk_handed": frozenset({"spoken", "who"}),
    "desk_reminder": frozenset({"time", "who"}),
    "desk_closed_by_student": frozenset({"who"}),
    "desk_unreachable": frozenset({"who"}),
    "desk_erased": frozenset({"alias"}),
    "desk_more_text": frozenset({"who"}),
    "desk_write_to": frozenset({"who"}),
    "desk_answered": frozenset({"who"}),
    "desk_handed_back": frozenset({"who"}),
    "desk_handed_on": frozenset({"who"}),
    "desk_you_closed": frozenset({"who"}),
    "desk_colleague": frozenset({"number"}),
    "desk_inbox_waiting": frozenset({"count"}),
    "desk_inbox_mine": frozenset({"count"}),
    "desk_inbox_others": frozenset({"count"}),
    "desk_inbox_closed": frozenset({"count"}),
    "desk_waits": frozenset({"time"}),
    "desk_quiet": frozenset({"time"}),
    "desk_minutes": frozenset({"count"}),
    "desk_hours": frozenset({"count"}),
    "desk_days": frozenset({"count"}),
    "desk_you_are_away": frozenset({"until"}),
    "desk_is_away": frozenset({"until"}),
    "invite_welcome": frozenset({"school", "role"}),
    "invite_welcome_everywhere": frozenset({"role"}),
    "invite_too_many": frozenset({"minutes"}),
    "invite_unknown_school": frozenset({"schools"}),
    "invite_made": frozenset({"role", "uses", "expires", "link"}),
}
"""Key to the names that must, and alone may, stand in curly brackets."""
