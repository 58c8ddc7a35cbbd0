export { Callback, type CallbackParams, type Logs } from "./callback.js";
export { type CallbackLike, CallbackList } from "./callback-list.js";
export { History } from "./history.js";
export { ProgbarLogger } from "./progbar-logger.js";
