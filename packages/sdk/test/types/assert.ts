/** Assertions about types that need nothing but a compiler: a false one does not compile. */

/** `true` when both are the same type, `any` told apart from everything. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles when `T` is `true`. */
export type Holds<T extends true> = T
