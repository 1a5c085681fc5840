export { createGateway } from "./create-gateway.js";
export { gatewayDefaults } from "./defaults.js";
export type { DirectoryState } from "./diagnostics/directory-state.js";
export type { GatewayErrorContext, GatewayErrorReporter } from "./diagnostics/error-reporter.js";
export type { GatewayHooks } from "./diagnostics/gateway-hooks.js";
export type { Gateway } from "./gateway.js";
export { GatewayCloseCode } from "./gateway-close-code.js";
export { GatewayError, type GatewayErrorCode, type GatewayErrorOptions, gatewayErrorCodes } from "./gateway-error.js";
export type { GatewayOptions } from "./gateway-options.js";
export type { Authenticate, Identity, Login, SignIn } from "./login/authenticate.js";
export { MemoryIdempotencyStore, type MemoryIdempotencyStoreOptions } from "./memory/memory-idempotency-store.js";
export { MemoryPushBus } from "./memory/memory-push-bus.js";
export { MemoryServiceRegistry } from "./memory/memory-service-registry.js";
export { MemorySessionDirectory } from "./memory/memory-session-directory.js";
export type { Answer, IdempotencyClaim, IdempotencyKey, IdempotencyStore } from "./ports/idempotency-store.js";
export type { MaybePromise } from "./ports/maybe-promise.js";
export type { BusBroadcast, BusMessage, Delivery, PushBus } from "./ports/push-bus.js";
export type {
  EndWatch,
  RegisteredService,
  RegisterOptions,
  ServiceQuery,
  ServiceRegistry,
} from "./ports/service-registry.js";
export type {
  Entered,
  EnteredSession,
  EnterOptions,
  Left,
  Restored,
  SessionDirectory,
  SessionRecord,
} from "./ports/session-directory.js";
export type { PresenceEvent, PresenceListener } from "./presence/presence-events.js";
export type { AnnouncementListener } from "./push/announcements.js";
export type { PushGap, PushGapListener } from "./push/push-gaps.js";
export type {
  AccountTarget,
  BroadcastReport,
  ChannelTarget,
  FailedPush,
  KickReport,
  PushHeader,
  PushReport,
  PushTarget,
} from "./push/push-target.js";
export type {
  BodyInit,
  Broadcast,
  Middleware,
  Push,
  RawContext,
  RawHandler,
  RequestContext,
  TypedContext,
  TypedHandler,
} from "./routing/context.js";
export { matchesQuery, registeredService } from "./services/registered-service.js";
export { registryAddresses } from "./services/registry-addresses.js";
export type { Sessions } from "./session/open-sessions.js";
export type { Session, SessionEnd } from "./session/session.js";
