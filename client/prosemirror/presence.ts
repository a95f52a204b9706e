// People in an editor beyond their carets: going to where they are, and saying who is there.

export { ANNOUNCE_MS, type PresenceAnnouncerOptions, presenceAnnouncer } from "./presence/announcer.js";
export {
  announcePeople,
  type FollowPeopleOptions,
  follow,
  following,
  followPeople,
  jumpTo,
  unfollow,
  visitKeys,
  visitNext,
  visitPrevious,
} from "./presence/follow.js";
export type { Place } from "./presence/places.js";
export { englishPresence, type PresenceWords } from "./presence/words.js";
