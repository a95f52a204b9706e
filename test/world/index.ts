// The simulated world, for suites of our own and of integrators.
//
//     const run = fc.asyncProperty(world.schedules(), (schedule) => world.World.play(schedule, world.modelStation));
//     await fc.assert(run);

export { createHub, type Hub } from "../client/hub.js";
export { seededRandom, VirtualClock } from "./clock.js";
export { Core } from "./core.js";
export { gatewayStation, ledgerStation } from "./gateway.js";
export type { Cut } from "./link.js";
export { Markers } from "./markers.js";
export { modelStation } from "./model.js";
export { Network, type Weather } from "./network.js";
export { type Mood, type ScheduleShape, schedules } from "./schedules.js";
export { type Situation, situations } from "./situations.js";
export { type Served, type Server, StandIn } from "./standin.js";
export type { Schedule, Step } from "./steps.js";
export { Truth } from "./truth.js";
export { type Build, type Site, type Station, type Witness, World } from "./world.js";
