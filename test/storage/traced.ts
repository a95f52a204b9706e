// Tells each point that the database's thread passes, in their order, on a channel between threads.

import { BroadcastChannel } from "node:worker_threads";
import type { Point } from "../../server/storage/checkpoint.js";

const channel = new BroadcastChannel("points of the database's thread");
channel.unref();

export const checkpoint = (point: Point) => channel.postMessage(point);
