/**
 * What #if can ask of the compiler itself: `__has_attribute`, `__has_builtin` and their kin, as gcc 12 answers for the
 * systems whose compiler it is, and clang for the others. Names were asked of both compilers. What a target's own
 * instructions add is known for x86 alone.
 */

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Attributes of both compilers. */
const attributes = words(`
NSObject alias aligned alloc_align alloc_size always_inline artificial assume_aligned cleanup cold common const
constructor deprecated destructor error fallthrough flatten format format_arg gnu_inline hot ifunc leaf malloc
may_alias mode naked no_address_safety_analysis no_instrument_function no_profile_instrument_function no_sanitize
no_sanitize_address no_sanitize_thread no_split_stack no_stack_protector nocommon noinline nonnull noreturn nothrow
objc_root_class packed patchable_function_entry pure retain returns_nonnull returns_twice section sentinel target
target_clones tls_model transparent_union unavailable uninitialized unused used vector_size visibility warn_unused
warn_unused_result warning weak weakref`);

/** Those that they have on x86 alone. */
const x86Attributes = words(`
cdecl fastcall force_align_arg_pointer ms_abi ms_struct no_caller_saved_registers nocf_check regparm stdcall sysv_abi
thiscall`);

/** What gcc has beyond. */
const gccAttributes = words(`
access copy designated_init maybe_unused no_icf no_sanitize_coverage no_sanitize_undefined no_stack_limit noclone
nodiscard noipa nonstring noplt objc_nullability optimize scalar_storage_order signed_bool_precision simd tainted_args
transaction_callable transaction_may_cancel_outer transaction_pure transaction_safe_dynamic transaction_unsafe
transaction_wrap vector_mask volatile warn_if_not_aligned`);

/** What gcc has beyond on x86. */
const gccX86Attributes = words(`
callee_pop_aggregate_return fentry_name fentry_section gcc_struct indirect_branch indirect_return interrupt
ms_hook_prologue nodirect_extern_access`);

/** What clang has beyond, without those of languages for graphics cards. */
const clangAttributes = words(`
abi_tag acquire_capability acquire_handle acquire_shared_capability acquired_after acquired_before address_space
align_value always_destroy analyzer_noreturn annotate argument_with_type_tag assert_capability assert_exclusive_lock
assert_shared_capability assert_shared_lock assume availability blocks bounded btf_decl_tag btf_type_tag callable_when
callback called_once capability carries_dependency cf_audited_transfer cf_consumed cf_returns_not_retained
cf_returns_retained cf_unknown_transfer cfi_canonical_jump_table clang_builtin_alias consumable
consumable_auto_cast_state consumable_set_state_on_read convergent cpu_dispatch cpu_specific diagnose_as_builtin
diagnose_if disable_sanitizer_instrumentation disable_tail_calls enable_if enforce_tcb enforce_tcb_leaf
enum_extensibility exclude_from_explicit_instantiation exclusive_lock_function exclusive_locks_required
exclusive_trylock_function ext_vector_type external_source_symbol flag_enum guarded_by guarded_var ibaction iboutlet
iboutletcollection init_priority internal_linkage lifetimebound loader_uninitialized lock_returned lockable
locks_excluded lto_visibility_public matrix_type min_vector_width minsize musttail no_builtin no_destroy
no_sanitize_memory no_speculative_load_hardening no_thread_safety_analysis nodebug noderef noduplicate noescape
nomerge not_tail_called ns_consumed ns_consumes_self ns_error_domain ns_returns_autoreleased ns_returns_not_retained
ns_returns_retained objc_arc_weak_reference_unavailable objc_boxable objc_bridge objc_bridge_mutable
objc_bridge_related objc_class_stub objc_designated_initializer objc_direct objc_direct_members objc_exception
objc_externally_retained objc_gc objc_independent_class objc_method_family objc_non_runtime_protocol
objc_nonlazy_class objc_ownership objc_precise_lifetime objc_protocol_requires_explicit_implementation
objc_requires_property_definitions objc_requires_super objc_returns_inner_pointer objc_runtime_name
objc_runtime_visible objc_subclassing_restricted optnone os_consumed os_consumes_this os_returns_not_retained
os_returns_retained os_returns_retained_on_non_zero os_returns_retained_on_zero overloadable ownership_holds
ownership_returns ownership_takes param_typestate pascal pass_dynamic_object_size pass_object_size
pointer_with_type_tag preferred_name preserve_all preserve_most pt_guarded_by pt_guarded_var regcall reinitializes
release_capability release_generic_capability release_handle release_shared_capability require_constant_initialization
requires_capability requires_shared_capability return_typestate scoped_lockable selectany set_typestate
shared_capability shared_lock_function shared_locks_required shared_trylock_function speculative_load_hardening
standalone_debug swift_async swift_async_context swift_async_error swift_async_name swift_attr swift_bridge
swift_bridged_typedef swift_context swift_error swift_error_result swift_indirect_result swift_name swift_newtype
swift_objc_members swift_private swift_wrapper swiftasynccall swiftcall test_typestate trivial_abi
try_acquire_capability try_acquire_shared_capability type_tag_for_datatype type_visibility unlock_function use_handle
using_if_exists vecreturn vectorcall weak_import xray_always_instrument xray_log_args xray_never_instrument`);

/** Attributes of C23 in double brackets. */
const standardAttributes = words(`
deprecated fallthrough maybe_unused nodiscard`);

/** What both compilers have behind `__builtin_`, without the families below. */
const builtins = words(`
FILE FUNCTION LINE __clear_cache add_overflow adjust_trampoline alloca_with_align assume_aligned bswap16 bswap32
bswap64 choose_expr classify_type constant_p convertvector cpu_init cpu_is cpu_supports dwarf_cfa dwarf_sp_column
dynamic_object_size eh_return eh_return_data_regno expect expect_with_probability extend_pointer extract_return_addr
fpclassify frame_address frob_return_addr init_dwarf_reg_size_table init_trampoline isfinite isgreater isgreaterequal
isinf_sign isless islessequal islessgreater isnormal isunordered longjmp mul_overflow object_size offsetof
posix_memalign prefetch return_address setjmp shufflevector stack_restore stack_save sub_overflow trap
types_compatible_p unreachable unwind_init va_copy va_end va_start`);

/** What gcc has beyond. */
const gccBuiltins = words(`
acc_on_device add_overflow_p aggregate_incoming_address alloca_with_align_and_max apply apply_args assoc_barrier
bswap128 clear_padding fork gettext has_attribute imaxabs mul_overflow_p next_arg nonlocal_goto printf_unlocked putc
return saveregs set_thread_pointer shuffle speculation_safe_value sub_overflow_p thread_pointer towlower towupper
unwind_resume update_setjmp_buf va_arg_pack va_arg_pack_len`);

/** What clang has beyond. */
const clangBuiltins = words(`
COLUMN __CFStringMakeConstantString __NSStringMakeConstantString addc addcb addcl addcll addcs addressof align_down
align_up annotation assume available bit_cast bitreverse16 bitreverse32 bitreverse64 bitreverse8
call_with_static_chain canonicalize char_memchr clzs complex ctzs debugtrap dump_struct elementwise_abs
elementwise_ceil elementwise_floor elementwise_max elementwise_min elementwise_roundeven elementwise_trunc flt_rounds
function_start is_aligned launder memcpy_inline nontemporal_load nontemporal_store operator_delete operator_new
os_log_format os_log_format_buffer_size readcyclecounter reduce_and reduce_max reduce_min reduce_or reduce_xor
rotateleft16 rotateleft32 rotateleft64 rotateleft8 rotateright16 rotateright32 rotateright64 rotateright8 subc subcb
subcl subcll subcs unpredictable va_arg wcschr wcscmp wcslen wcsncmp wmemchr wmemcmp wmemcpy wmemmove`);

/** Functions of <math.h> and <complex.h> that both know by name; each has variants for other floats. */
const mathFunctions = words(`
acos acosh asin asinh atan atan2 atanh cabs cacos cacosh carg casin casinh catan catanh cbrt ccos ccosh ceil cexp
cimag clog conj copysign cos cosh cpow cproj creal csin csinh csqrt ctan ctanh erf erfc exp exp2 expm1 fabs fdim
finite floor fma fmax fmin fmod frexp hypot ilogb ldexp lgamma llrint llround log log10 log1p log2 logb lrint lround
modf nan nearbyint nextafter nexttoward pow remainder remquo rint round scalbln scalbn sin sinh sqrt tan tanh tgamma
trunc`);

/** Those that are behind `__builtin_` only. */
const mathBuiltins = words(`
cexpi clog10 drem exp10 gamma huge_val iceil ifloor inf irint iround isinf isnan j0 j1 jn lceil lfloor llceil llfloor
nans pow10 powi roundeven scalb signbit significand sincos y0 y1 yn`);

/** Other functions of the library that they know by name. */
const libraryFunctions = words(`
_Exit _exit abort abs aligned_alloc alloca bcmp bcopy bzero calloc execl execle execlp execv execve execvp exit ffs
fprintf fputc fputs free fscanf fwrite index isalnum isalpha isascii isblank iscntrl isdigit isgraph islower isprint
ispunct isspace isupper isxdigit labs llabs malloc memchr memcmp memcpy memmove mempcpy memset printf putchar puts
realloc rindex scanf snprintf sprintf sscanf stpcpy stpncpy strcasecmp strcat strchr strcmp strcpy strcspn strdup
strftime strlen strncasecmp strncat strncmp strncpy strndup strnlen strpbrk strrchr strspn strstr toascii tolower
toupper vfprintf vfscanf vprintf vscanf vsnprintf vsprintf vsscanf`);

/** Features that clang has for C. */
const features = words(`
arc_cf_code_audited assume_nonnull attribute_analyzer_noreturn attribute_availability
attribute_availability_app_extension attribute_availability_in_templates attribute_availability_swift
attribute_availability_tvos attribute_availability_watchos attribute_availability_with_message
attribute_availability_with_replacement attribute_availability_with_strict
attribute_availability_with_version_underscores attribute_cf_consumed attribute_cf_returns_not_retained
attribute_cf_returns_on_parameters attribute_cf_returns_retained attribute_deprecated_with_message
attribute_deprecated_with_replacement attribute_diagnose_if_objc attribute_ext_vector_type attribute_ns_consumed
attribute_ns_consumes_self attribute_ns_returns_not_retained attribute_ns_returns_retained attribute_objc_ivar_unused
attribute_objc_method_family attribute_overloadable attribute_unavailable_with_message attribute_unused_on_fields
blocks c_alignas c_alignof c_atomic c_generic_selections c_static_assert c_thread_local c_thread_safety_attributes
enumerator_attributes nullability nullability_nullable_result nullability_on_arrays ownership_holds ownership_returns
ownership_takes swiftasynccc tls`);

/** What it has as extensions beyond. */
const extensions = words(`
cxx_binary_literals cxx_fixed_enum gnu_asm gnu_asm_goto_with_outputs matrix_types_scalar_division
overloadable_unmarked pragma_clang_attribute_external_declaration pragma_clang_attribute_namespaces
statement_attributes_with_gnu_syntax`);

/** Families of names behind `__builtin_`. */
const families =
  /^(?:(?:clrsb|clz|ctz|ffs|parity|popcount)l{0,2}|[su](?:add|sub|mul)l{0,2}_overflow|__(?:v?s?n?printf|v?fprintf|mem(?:p?cpy|move|set)|st[pr]n?cpy|strn?cat)_chk|ms_va_(?:copy|end|start))$/;
const gccFamilies =
  /^(?:(?:clrsb|clz|ctz|ffs|parity|popcount)imax|speculation_safe_value_\w+|(?:f?printf|fput[cs]|fwrite|putc|putchar|puts)_unlocked|d?c?gettext|fe\w+(?:except|env|exceptflag|round)|isw(?:alnum|alpha|blank|cntrl|digit|graph|lower|print|punct|space|upper|xdigit)|sysv_va_(?:copy|end|start)|(?:mem|strn?)cmp_eq|eh_(?:copy_values|filter|pointer)|setjmp_(?:receiver|setup)|(?:init|adjust)_descriptor|init_heap_trampoline|l?gamma[fl]?_r|strfmon)$/;
const atomics =
  /^__(?:sync_(?:(?:fetch_and_(?:add|and|nand|or|sub|xor)|(?:add|and|nand|or|sub|xor)_and_fetch|(?:bool|val)_compare_and_swap|lock_(?:release|test_and_set))(?:_(?:1|2|4|8|16))?|synchronize)|atomic_(?:(?:fetch_(?:add|and|nand|or|sub|xor)|(?:add|and|nand|or|sub|xor)_fetch)|(?:compare_exchange|exchange|load|store)(?:_n)?|always_lock_free|is_lock_free|clear|test_and_set|(?:signal|thread)_fence))$/;
const gccAtomics =
  /^__atomic_(?:feraiseexcept|(?:fetch_(?:add|and|nand|or|sub|xor)|(?:add|and|nand|or|sub|xor)_fetch|compare_exchange|exchange|load|store)_(?:1|2|4|8|16))$/;

/** The compiler that answers, as its predefined macros tell. */
export interface Compiler {
  clang: boolean;
  x86: boolean;
}

const operators = words('__has_attribute __has_builtin __has_c_attribute __has_include __has_include_next');
const clangOperators = words('__has_declspec_attribute __has_extension __has_feature __has_warning __is_identifier');

/** Whether the compiler has the operator, which `defined` and #ifdef tell. */
export function hasOperator(name: string, { clang }: Compiler): boolean {
  return operators.has(name) || (clang ? clangOperators.has(name) : name === '__has_cpp_attribute');
}

/** The value of one of the operators but those about headers for what stands in its parentheses. */
export function askCompiler(operator: string, operand: string, compiler: Compiler): number {
  const { clang } = compiler;
  const asked = operand.replace(/\s+/g, '');
  const scope = /^(\w+)::/.exec(asked)?.[1] ?? '';
  const name = asked.slice(scope === '' ? 0 : scope.length + 2).replace(/^__(\w+)__$/, '$1');
  switch (operator) {
    case '__has_attribute':
      return Number(hasAttribute(name, compiler) && (scope === '' || (scope === 'gnu' && !clang)));
    case '__has_c_attribute':
    case '__has_cpp_attribute':
      if (scope === '' && standardAttributes.has(name)) return name === 'nodiscard' && !clang ? 202003 : 201904;
      if (scope === '') return Number(operator === '__has_cpp_attribute' && hasAttribute(name, compiler));
      return Number(scope.replace(/^__(\w+)__$/, '$1') === (clang ? 'clang' : 'gnu') && hasAttribute(name, compiler));
    case '__has_builtin':
      return Number(hasBuiltin(asked, compiler));
    case '__has_feature':
      return Number(clang && features.has(name));
    case '__has_extension':
      return Number(clang && (features.has(name) || extensions.has(name)));
  }
  return 0;
}

function hasAttribute(name: string, { clang, x86 }: Compiler): boolean {
  if (attributes.has(name) || (x86 && x86Attributes.has(name))) return true;
  if (clang) return clangAttributes.has(name);
  return gccAttributes.has(name) || (x86 && gccX86Attributes.has(name));
}

/** Functions of floats that exist for any kind of them, and what they end in then; the others are for three kinds. */
const anyKind = words(`
ceil copysign fabs floor fma fmax fmin huge_val inf nan nans nearbyint rint round roundeven sqrt trunc`);
const kinds = /(?:f16|f32x?|f64x?|f128)$/;

/** What needs no more than the instructions that every processor of x86 has. */
const x86Builtins = words('clflush lfence mfence pause rdpmc rdtsc rdtscp sfence');

function hasBuiltin(name: string, { clang, x86 }: Compiler): boolean {
  if (atomics.test(name)) return true;
  if (clang ? /^__c11_atomic_/.test(name) : gccAtomics.test(name)) return true;
  if (libraryFunctions.has(name) || mathFunctions.has(name) || mathFunctions.has(name.replace(/[fl]$/, '')))
    return true;
  const own = /^__builtin_(\w+)$/.exec(name)?.[1];
  if (own === undefined) return false;
  if (own.startsWith('ia32_')) return x86 && x86Builtins.has(own.slice(5));
  if (builtins.has(own) || libraryFunctions.has(own) || families.test(own)) return true;
  if (clang ? clangBuiltins.has(own) : gccBuiltins.has(own) || gccFamilies.test(own)) return true;
  if (anyKind.has(own.replace(kinds, ''))) return true;
  return [own, own.replace(/[fl]$/, '')].some(n => mathFunctions.has(n) || mathBuiltins.has(n));
}
