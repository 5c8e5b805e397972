/**
 * Go as gc's parser reads it, on top of tree-sitter-go.
 *
 * tree-sitter-go tells types from expressions while it parses, which no LR parser can do without trying both
 * (`a[b]`, `f(*T)`, `make(T, n)`), and which fails where the guess is wrong (`new(expr)`, shadowed builtins). gc does
 * not tell them apart: a type is an expression, and the checker decides. So does this grammar: `_expression` contains
 * type literals, `_type` is what may stand where only a type can. The lowering (core/syntax/lower) turns both into one
 * syntax tree, so names like type_identifier serve nobody and are gone.
 *
 * Two things differ from a grammar made for highlighting:
 * - Automatic semicolons come from an external scanner (src/scanner.c), so that a comment that spans lines and the end
 *   of the file count as newlines do for gc.
 * - Literals are one token each and lenient; lowering says what is wrong with `0b12` or '\q' in gc's words.
 */
import go from 'tree-sitter-go/grammar.js';

const PREC = { primary: 7, unary: 6, multiplicative: 5, additive: 4, comparative: 3, and: 2, or: 1, name_literal: -1 };
const multiplicative = ['*', '/', '%', '<<', '>>', '&', '&^'];
const additive = ['+', '-', '|', '^'];
const comparative = ['==', '!=', '<', '<=', '>', '>='];
const assignment = multiplicative.concat(additive).map(op => op + '=');

const commaSep1 = rule => seq(rule, repeat(seq(',', rule)));

export default grammar(go, {
  name: 'gospect_go',

  externals: $ => [$.newline],
  extras: $ => [$.comment, /[ \t\r\n]+/],
  inline: $ => [$._semi, $._signature, $._initializer],
  conflicts: $ => [[$._expression, $.type_parameter_declaration]],
  supertypes: _ => [],

  rules: {
    source_file: $ =>
      seq(
        optional(seq($.package_clause, $._semi)),
        repeat(seq($._top_level_declaration, $._semi)),
        optional(choice($.package_clause, $._top_level_declaration)),
      ),

    _semi: $ => choice(';', $.newline),

    _top_level_declaration: $ =>
      choice(
        $.function_declaration,
        $.method_declaration,
        $.import_declaration,
        $.const_declaration,
        $.type_declaration,
        $.var_declaration,
      ),

    package_clause: $ => seq('package', $.identifier),

    import_declaration: $ => seq('import', choice($.import_spec, $.import_group)),
    import_group: $ => seq('(', repeat(seq($.import_spec, $._semi)), optional($.import_spec), ')'),
    import_spec: $ => seq(optional(choice('.', $.identifier)), $._literal),

    const_declaration: $ => seq('const', choice($.const_spec, $.const_group)),
    const_group: $ => seq('(', repeat(seq($.const_spec, $._semi)), optional($.const_spec), ')'),
    const_spec: $ =>
      seq(
        commaSep1(field('name', $.identifier)),
        optional(field('type', $._type)),
        optional(seq('=', field('value', $._expressions))),
      ),

    var_declaration: $ => seq('var', choice($.var_spec, $.var_group)),
    var_group: $ => seq('(', repeat(seq($.var_spec, $._semi)), optional($.var_spec), ')'),
    var_spec: $ =>
      seq(
        commaSep1(field('name', $.identifier)),
        choice(
          seq(field('type', $._type), optional(seq('=', field('value', $._expressions)))),
          seq('=', field('value', $._expressions)),
        ),
      ),

    type_declaration: $ => seq('type', choice($.type_spec, $.type_group)),
    type_group: $ => seq('(', repeat(seq($.type_spec, $._semi)), optional($.type_spec), ')'),
    // `type T[P *C] E` is read as an array type; lowering decides as gc's extractName does.
    type_spec: $ =>
      choice(
        prec.dynamic(1, seq(field('name', $.identifier), optional('='), field('type', $._type))),
        seq(
          field('name', $.identifier),
          field('type_parameters', $.type_parameter_list),
          optional('='),
          field('type', $._type),
        ),
      ),

    type_parameter_list: $ => seq('[', commaSep1($.type_parameter_declaration), optional(','), ']'),
    type_parameter_declaration: $ => seq(commaSep1(field('name', $.identifier)), field('type', $._constraint)),

    function_declaration: $ =>
      seq(
        'func',
        field('name', $.identifier),
        field('type_parameters', optional($.type_parameter_list)),
        $._signature,
        field('body', optional($.block)),
      ),
    method_declaration: $ =>
      seq(
        'func',
        field('receiver', $.parameter_list),
        field('name', $.identifier),
        field('type_parameters', optional($.type_parameter_list)),
        $._signature,
        field('body', optional($.block)),
      ),
    _signature: $ =>
      seq(field('parameters', $.parameter_list), optional(field('result', choice($.parameter_list, $._bare_type)))),

    parameter_list: $ => seq('(', optional(seq(commaSep1($.parameter), optional(','))), ')'),
    // One entry between commas, as gc reads it: whether a lone name is a parameter or a type shows at the end.
    parameter: $ =>
      choice(
        seq(field('name', $.identifier), field('type', choice($._type, $.dots_type))),
        field('type', choice($._type, $.dots_type)),
      ),
    dots_type: $ => seq('...', $._type),

    // ---- types, where nothing else can stand

    _type: $ => choice($._bare_type, $.parenthesized_type),
    _bare_type: $ => choice($._send_type, alias($.receive_channel_type, $.channel_type)),
    _send_type: $ =>
      choice($.identifier, $.qualified_type, $.generic_type, $.pointer_type, $.function_type, $._type_literal),
    _type_literal: $ => choice($.array_type, $.slice_type, $.struct_type, $.interface_type, $.map_type, $.channel_type),

    parenthesized_type: $ => seq('(', $._type, ')'),
    qualified_type: $ => prec(PREC.primary, seq($.identifier, '.', $.identifier)),
    // The first argument is an expression for gc too, where `x [n]E` and `T[n]` look alike.
    generic_type: $ => prec(PREC.primary, seq(field('type', choice($.identifier, $.qualified_type)), $._index)),
    _index: $ => seq('[', field('index', $._expression), repeat(seq(',', field('index', $._type))), optional(','), ']'),
    pointer_type: $ => prec(PREC.unary, seq('*', $._type)),
    array_type: $ =>
      prec.right(seq('[', choice('...', field('length', $._expression)), ']', field('element', $._type))),
    slice_type: $ => prec.right(seq('[', ']', field('element', $._type))),
    map_type: $ => prec.right(seq('map', '[', field('key', $._type), ']', field('value', $._type))),
    channel_type: $ =>
      prec.right(
        choice(
          seq('chan', field('element', choice($._send_type, $.parenthesized_type))),
          seq('chan', '<-', field('element', $._type)),
        ),
      ),
    receive_channel_type: $ => prec.right(seq('<-', 'chan', field('element', $._type))),
    function_type: $ => prec.right(seq('func', $._signature)),

    struct_type: $ => seq('struct', '{', repeat(seq($.field_declaration, $._semi)), optional($.field_declaration), '}'),
    field_declaration: $ =>
      seq(
        choice(
          seq(commaSep1(field('name', $.identifier)), field('type', $._type)),
          field('type', choice($.identifier, $.qualified_type, $.generic_type, $.embedded_pointer)),
        ),
        field('tag', optional($._literal)),
      ),
    embedded_pointer: $ => seq('*', choice($.identifier, $.qualified_type, $.generic_type)),

    interface_type: $ =>
      seq('interface', '{', repeat(seq($._interface_elem, $._semi)), optional($._interface_elem), '}'),
    _interface_elem: $ => choice($.method_elem, $._constraint),
    method_elem: $ => seq(field('name', $.identifier), $._signature),
    _constraint: $ => choice($._term, $.union_type),
    union_type: $ => seq($._term, repeat1(seq('|', $._term))),
    _term: $ => choice($._type, $.negated_type),
    negated_type: $ => seq('~', $._type),

    // ---- statements

    block: $ => seq('{', optional($._statements), '}'),
    _statements: $ =>
      choice(
        seq(
          repeat1(
            choice($.empty_statement, seq($._statement, $._semi), seq($.empty_labeled_statement, $.empty_statement)),
          ),
          optional(choice($._statement, $.empty_labeled_statement)),
        ),
        $._statement,
        $.empty_labeled_statement,
      ),
    empty_statement: _ => ';',

    _statement: $ =>
      choice(
        $.const_declaration,
        $.type_declaration,
        $.var_declaration,
        $._simple_statement,
        $.return_statement,
        $.go_statement,
        $.defer_statement,
        $.if_statement,
        $.for_statement,
        $.switch_statement,
        $.select_statement,
        $.labeled_statement,
        $.fallthrough_statement,
        $.break_statement,
        $.continue_statement,
        $.goto_statement,
        $.block,
      ),

    _simple_statement: $ =>
      choice($._expression, $.send_statement, $.inc_statement, $.assignment_statement, $.operator_assignment),
    send_statement: $ => seq($._expression, '<-', $._expression),
    inc_statement: $ => seq($._expression, choice('++', '--')),
    assignment_statement: $ => seq(field('left', $._expressions), choice('=', ':='), field('right', $._expressions)),
    operator_assignment: $ => seq($._expression, choice(...assignment), $._expression),
    _expressions: $ => choice($._expression, $.expression_list),
    expression_list: $ => seq($._expression, repeat1(seq(',', $._expression))),

    labeled_statement: $ => seq(field('label', $.identifier), ':', $._statement),
    empty_labeled_statement: $ => seq(field('label', $.identifier), ':', optional($.empty_labeled_statement)),

    fallthrough_statement: _ => prec.left('fallthrough'),
    break_statement: $ => seq('break', optional($.identifier)),
    continue_statement: $ => seq('continue', optional($.identifier)),
    goto_statement: $ => seq('goto', $.identifier),
    return_statement: $ => seq('return', optional($._expressions)),
    go_statement: $ => seq('go', $._expression),
    defer_statement: $ => seq('defer', $._expression),

    if_statement: $ =>
      seq(
        'if',
        optional($._initializer),
        field('condition', $._simple_statement),
        field('consequence', $.block),
        optional(seq('else', field('alternative', choice($.block, $.if_statement)))),
      ),

    for_statement: $ =>
      seq(
        'for',
        optional(choice(field('condition', $._simple_statement), $.for_clause, $.range_clause)),
        field('body', $.block),
      ),
    for_clause: $ =>
      seq(
        $._initializer,
        choice(seq(field('condition', $._simple_statement), $._semi), ';'),
        field('update', optional($._simple_statement)),
      ),
    // Without a statement before it the semicolon must be written: no newline makes one after a keyword.
    _initializer: $ => choice(seq(field('initializer', $._simple_statement), $._semi), ';'),
    range_clause: $ =>
      seq(optional(seq(field('left', $._expressions), choice('=', ':='))), 'range', field('right', $._expression)),

    switch_statement: $ =>
      seq(
        'switch',
        optional($._initializer),
        field('value', optional($._simple_statement)),
        '{',
        repeat($.case_clause),
        '}',
      ),
    case_clause: $ => seq(choice(seq('case', field('value', $._expressions)), 'default'), ':', optional($._statements)),

    select_statement: $ => seq('select', '{', repeat($.communication_case), '}'),
    communication_case: $ =>
      seq(choice(seq('case', field('communication', $._simple_statement)), 'default'), ':', optional($._statements)),

    // ---- expressions; type literals are among them

    _expression: $ =>
      choice(
        $.unary_expression,
        $.binary_expression,
        $.selector_expression,
        $.index_expression,
        $.slice_expression,
        $.call_expression,
        $.type_assertion_expression,
        $.type_switch_guard,
        $.identifier,
        $.composite_literal,
        $.func_literal,
        $.function_type,
        $._type_literal,
        $._literal,
        $.parenthesized_expression,
      ),

    parenthesized_expression: $ => seq('(', $._expression, ')'),
    call_expression: $ => prec(PREC.primary, seq(field('function', $._expression), $._argument_list)),
    _argument_list: $ =>
      seq('(', optional(seq(commaSep1(field('argument', $._expression)), optional('...'), optional(','))), ')'),
    selector_expression: $ =>
      prec(PREC.primary, seq(field('operand', $._expression), '.', field('field', $.identifier))),
    index_expression: $ => prec(PREC.primary, seq(field('operand', $._expression), $._index)),
    slice_expression: $ =>
      prec(
        PREC.primary,
        seq(
          field('operand', $._expression),
          '[',
          field('start', optional($._expression)),
          ':',
          field('end', optional($._expression)),
          optional(seq(':', field('capacity', $._expression))),
          ']',
        ),
      ),
    type_assertion_expression: $ =>
      prec(PREC.primary, seq(field('operand', $._expression), '.', '(', field('type', $._type), ')')),
    type_switch_guard: $ => prec(PREC.primary, seq(field('operand', $._expression), '.', '(', 'type', ')')),

    // After a name, `{` opens a block where one can stand (the header of if, for, switch): gc's xnest.
    composite_literal: $ =>
      choice(
        prec(
          PREC.name_literal,
          seq(
            field('type', choice($.identifier, $.selector_expression, $.index_expression)),
            field('body', $.literal_value),
          ),
        ),
        prec(
          PREC.primary,
          seq(
            field('type', choice($.array_type, $.slice_type, $.struct_type, $.map_type)),
            field('body', $.literal_value),
          ),
        ),
      ),
    literal_value: $ => seq('{', optional(seq(commaSep1(choice($._element, $.keyed_element)), optional(','))), '}'),
    _element: $ => choice($._expression, $.literal_value),
    keyed_element: $ => seq(field('key', $._element), ':', field('value', $._element)),

    func_literal: $ => prec(PREC.primary, seq('func', $._signature, field('body', $.block))),

    unary_expression: $ => prec(PREC.unary, seq(choice('+', '-', '!', '^', '*', '&', '<-', '~'), $._expression)),
    binary_expression: $ =>
      choice(
        ...[
          [PREC.multiplicative, multiplicative],
          [PREC.additive, additive],
          [PREC.comparative, comparative],
          [PREC.and, ['&&']],
          [PREC.or, ['||']],
        ].map(([level, operators]) =>
          prec.left(
            level,
            seq($._expression, operators.length === 1 ? operators[0] : choice(...operators), $._expression),
          ),
        ),
      ),

    // ---- tokens

    identifier: _ => /[_\p{L}][_\p{L}\p{Nd}]*/,
    _literal: $ => choice($.number_literal, $.rune_literal, $.interpreted_string_literal, $.raw_string_literal),
    number_literal: _ =>
      token(
        choice(
          /0[xX][0-9a-fA-F_]*(\.[0-9a-fA-F_]*)?([pP][+-]?[0-9_]*)?i?/,
          /0[bBoO][0-9_]*i?/,
          /[0-9][0-9_]*(\.[0-9_]*)?([eE][+-]?[0-9_]*)?i?/,
          /\.[0-9][0-9_]*([eE][+-]?[0-9_]*)?i?/,
        ),
      ),
    rune_literal: _ => token(/'(\\[^\n]|[^'\\\n])([^'\\\n]|\\[^\n])*'/),
    interpreted_string_literal: _ => token(/"([^"\\\n]|\\[^\n])*"/),
    raw_string_literal: _ => token(/`[^`]*`/),
  },
});
