// The part of ShareDB 7 that we use, typed; the package brings no types of its own. Callbacks are Node's: error first.
// Everything of ShareDB goes through `import ShareDB from "sharedb"`, its CommonJS export.

declare module "sharedb" {
  import type { Duplex } from "node:stream";

  type Callback<Result = void> = (error?: Error | null, result?: Result) => void;
  type Next = (error?: Error | null) => void;

  namespace ShareDB {
    interface Metadata {
      ts?: number;
      ctime?: number;
      mtime?: number;
      [key: string]: unknown;
    }

    /** An op in ShareDB's envelope. `v` is the version it was made against; one of `op`, `create` and `del` is there. */
    interface RawOp {
      v?: number | null;
      src?: string | null;
      seq?: number | null;
      op?: unknown;
      create?: { type: string; data?: unknown };
      del?: boolean;
      m?: Metadata | null;
      /** Collection and document, set on its way to the subscribers. */
      c?: string;
      d?: string;
    }

    /** A document at one version. `type` is null when it was never created (`v` is 0) or is deleted. */
    interface Snapshot {
      id: string;
      v: number;
      type: string | null;
      data: unknown;
      m: Metadata | null;
    }

    interface Type {
      name: string;
      uri: string;
    }

    type Fields = { readonly [field: string]: unknown } | null | undefined;
    type Options = { readonly metadata?: boolean; readonly [option: string]: unknown } | null | undefined;

    class DB {
      constructor(options?: object);
      projectsSnapshots: boolean;
      disableSubscribe: boolean;
      close(callback?: Next): void;
      commit(
        collection: string,
        id: string,
        op: RawOp,
        snapshot: Snapshot,
        options: Options,
        callback: Callback<boolean>,
      ): void;
      getSnapshot(
        collection: string,
        id: string,
        fields: Fields,
        options: Options,
        callback: Callback<Snapshot>,
      ): void;
      getOps(
        collection: string,
        id: string,
        from: number | null,
        to: number | null,
        options: Options,
        callback: Callback<RawOp[]>,
      ): void;
      getOpsToSnapshot(
        collection: string,
        id: string,
        from: number,
        snapshot: Snapshot,
        options: Options,
        callback: Callback<RawOp[]>,
      ): void;
      getCommittedOpVersion(
        collection: string,
        id: string,
        snapshot: Snapshot,
        op: RawOp,
        options: Options,
        callback: Callback<number | undefined>,
      ): void;
    }

    class PubSub {
      constructor(options?: { prefix?: string });
      close(callback?: Next): void;
      _publish(channels: string[], data: unknown, callback: Next): void;
    }
    class MemoryPubSub extends PubSub {}

    class Agent {
      custom: { [key: string]: unknown };
    }
    class Connection {
      agent: Agent;
      close(): void;
    }

    interface SubmitRequest {
      readonly agent: Agent;
      readonly collection: string;
      readonly id: string;
      readonly op: RawOp;
      /** What the adapter is given with a commit. */
      options: Options;
      /** Reads, transforms, applies and commits; called again to retry. */
      submit(callback: Next): void;
      /** Null until the adapter has been asked. */
      readonly snapshot: Snapshot | null;
      /** What the op was moved past: of others, and by that many versions. */
      ops: RawOp[];
      /** For middleware to keep things in. */
      readonly custom: { [key: string]: unknown };
    }

    class Backend {
      constructor(options: {
        db: DB;
        pubsub?: PubSub;
        presence?: boolean;
        maxSubmitRetries?: number;
        errorHandler?: (error: Error, context: unknown) => void;
      });
      db: DB;
      /** What comes of a submit is told here before anybody else hears. */
      on(event: "submitRequestEnd", told: (error: Error | null, request: SubmitRequest) => void): this;
      connect(): Connection;
      listen(stream: Duplex, request?: unknown): Agent;
      use(
        action: "submit" | "apply" | "commit" | "afterWrite",
        middleware: (request: SubmitRequest, next: Next) => void,
      ): this;
      use(action: "query", middleware: (request: object, next: Next) => void): this;
      submit(
        agent: Agent,
        collection: string,
        id: string,
        op: RawOp,
        options: Options,
        callback: (error: Error | null | undefined, ops: RawOp[], request: SubmitRequest) => void,
      ): void;
      fetch(agent: Agent, collection: string, id: string, callback: Callback<Snapshot>): void;
      getOps(
        agent: Agent,
        collection: string,
        id: string,
        from: number,
        to: number | null,
        options: { opsOptions?: Options },
        callback: Callback<RawOp[]>,
      ): void;
      close(callback?: Next): void;
    }

    const ot: {
      /** Brings `snapshot` forward in place; gives back an error instead of throwing. */
      applyOps(snapshot: Snapshot, ops: readonly RawOp[]): Error | undefined;
      /** Moves `op` in place past one that was committed at its version; gives back an error instead of throwing. */
      transform(type: string, op: RawOp, past: RawOp): Error | undefined;
    };
    const types: { register(type: Type): void; readonly map: { readonly [name: string]: Type | undefined } };
    const logger: {
      setMethods(methods: { [level in "info" | "warn" | "error"]: (...args: unknown[]) => void }): void;
    };
    // biome-ignore lint/suspicious/noShadowRestrictedNames: ShareDB's own name for it.
    const Error: {
      new (code: string, message: string): globalThis.Error & { readonly code: string };
      readonly CODES: { readonly [code: string]: string };
    };
  }

  class ShareDB extends ShareDB.Backend {}
  export = ShareDB;
}
