/** What Allclear says on Discord by itself, before or instead of the bot's own answer. Each ends with what to do. */
export const SENTENCES = {
  failed: 'Allclear could not write this down just now. Nothing has changed; do it again in a moment.',
  starting: 'Allclear is starting. Do it again in a moment.',
  forgedButton:
    'This button is not one of this Allclear, or it was changed. Nothing has happened; type the command, `/incident help` lists them.',
  forgedForm: 'This form is not one of this Allclear, or it is too old. Nothing has happened; type the command again.',
  notHere: 'This Allclear belongs to another server. Nothing has happened; do it there.',
  unknownCommand: 'This command is older than this Allclear. Nothing has happened; reload Discord and type it again.',
  noIncidentHere: 'This channel is not the room of an incident, so there is no timeline to add to. Do it in an incident room.',
  unknownUser: 'is not in allclear.yaml, so nothing can be given to them. Choose somebody else, or add them.',
  stillMissing: 'The form holds what you wrote; open it again and put right what is named above.',
  tooLateForForm: 'The form took too long to come. Open it here:',
} as const;
