// `interline/webview`: an editor page inside somebody's app, and the app around it. docs/embed.md shows both.

export { type RandomBytes, secureBytes } from "../ids.js";
export type { CallOptions } from "./calls.js";
export type { FindChannelOptions, MessageLike, PageWindow, PortLike } from "./channels.js";
export { findChannel, parentChannel, portChannel, RECEIVE } from "./channels.js";
export { newSid } from "./envelope.js";
export type { BridgeFaultCode, BridgeFaultMessage, Problem, ProblemCode } from "./faults.js";
export { BridgeFault, bridgeFaults } from "./faults.js";
export type { Guest, GuestEvents, GuestOptions, HostNews } from "./guest.js";
export { guest } from "./guest.js";
export type { GuestInfo, Host, HostEvents, HostOptions } from "./host.js";
export { host } from "./host.js";
export type { EmbedderWindow, FrameElement, ReactNativeChannel, ReactNativeMessage } from "./hostChannels.js";
export { frameChannel, reactNativeChannel } from "./hostChannels.js";
export type { EditorState, Init, Json, MessageName, Payload, Reply, RunContext } from "./messages.js";
export { BRIDGE_PROTOCOLS, messages } from "./messages.js";
export { applyInsets, applyTheme, pageSid } from "./page.js";
export type { Services } from "./services.js";
export type { HostStorage, StorageAdapter, StorageCommit } from "./storage.js";
export type { Suspend } from "./suspend.js";
export type { TokenReason } from "./tokens.js";
export type { BridgeChannel, BridgeLimits, ChannelKind, ChannelReceiver } from "./types.js";
export { bridgeLimits } from "./types.js";
