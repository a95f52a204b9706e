// What has been taken back of somebody's tokens, as it is kept. What it means is `server/revocations.ts`.

/** All of `user`'s tokens, what they say of `doc`, or the one token named `token`: what is not meant is empty. */
export interface RevocationRow {
  readonly user: string;
  readonly doc: string;
  readonly token: string;
  /** Tokens issued before this moment are meant, in milliseconds since the Unix epoch. */
  readonly before: number;
}
