/** The story did not go as it must: something in Allclear, or in the configuration it was played with, is not as it was. */
export class StoryError extends Error {}
