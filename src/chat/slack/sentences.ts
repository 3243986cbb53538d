/** What Allclear says on Slack by itself, before or instead of the bot's own answer. Each ends with what to do. */
export const SENTENCES = {
  failed: 'Allclear could not write this down just now. Nothing has changed; do it again in a moment.',
  starting: 'Allclear is starting. Do it again in a moment.',
  forgedButton:
    'This button is not one of this Allclear, or it was changed. Nothing has happened; type the command, `/incident help` lists them.',
  forgedForm: 'This form is not one of this Allclear, or it is too old. Nothing has happened; type the command again.',
  tooLate: 'Slack closed the door before the form could be shown. Do it again, or type the whole command.',
  whoAreYou: 'Slack did not say just now who you are. Nothing has changed; do it again in a moment, or go on in the console.',
  unknownShortcut: 'Allclear does not know this shortcut; print the manifest again and bring the app up to date. Nothing has happened.',
  noIncidentHere: 'This channel is not the room of an incident, so there is no timeline to add to. Do it in an incident room.',
  whoIsThat: 'Slack did not say just now who this is. Send the form again in a moment.',
  unknownUser: 'is not in allclear.yaml, so nothing can be given to them. Choose somebody else, or add them.',
} as const;
