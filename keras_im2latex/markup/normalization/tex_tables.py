"""What TeX knows of each command, as far as its place in the picture goes.

The classes are those that `article` with `amsmath` and `amssymb` gives them.

Reference:
    - The TeXbook, chapters 17 and 18 and appendix G; `fontmath.ltx`, `amsmath.sty`, `amssymb.sty`.
"""


def _names(text):
    return ["\\" + name for name in text.split()]


# Symbols whose glyph no font command changes.
_ORDINARY_SYMBOLS = _names(
    """
    aleph alpha angle angle Arrowvert arrowvert backprime backslash Bbbk beta beth bigstar blacklozenge
    blacksquare blacktriangle blacktriangledown bot bracevert checkmark chi circledR circledS clubsuit
    complement copyright dag daleth ddag delta diagdown diagup diamondsuit digamma ell emptyset epsilon
    eta eth exists Finv flat forall Game gamma gimel hbar heartsuit hslash Im imath infty iota jmath
    kappa lambda lozenge measuredangle mho mu nabla natural neg nexists nu omega P partial phi pi pounds
    psi Re rho S sharp sigma spadesuit sphericalangle square surd tau theta top triangle triangledown
    upsilon varDelta varepsilon varGamma varkappa varLambda varnothing varOmega varPhi varphi varPi
    varpi varPsi varrho varSigma varsigma varTheta vartheta varUpsilon varXi vdots wp xi yen zeta
    """
)
# Symbols and characters that a font command changes.
_GREEK_CAPITALS = _names(
    """
    Delta Gamma Lambda Omega Phi Pi Psi Sigma Theta Upsilon Xi
    """
)
_BINARY_OPERATORS = _names(
    """
    amalg ast barwedge bigcirc bigtriangledown bigtriangleup boxdot boxminus boxplus boxtimes bullet Cap
    cap cdot centerdot circ circledast circledcirc circleddash Cup cup curlyvee curlywedge dagger
    ddagger diamond div divideontimes dotplus doublebarwedge gtrdot intercal leftthreetimes lessdot lhd
    ltimes mp odot ominus oplus oslash otimes pm rhd rightthreetimes rtimes setminus smallsetminus sqcap
    sqcup star times triangleleft triangleright unlhd unrhd uplus vee veebar wedge wr
    """
)
_RELATIONS = _names(
    """
    approx approxeq asymp backepsilon backsim backsimeq because between blacktriangleleft
    blacktriangleright bowtie Bumpeq bumpeq circeq circlearrowleft circlearrowright cong curlyeqprec
    curlyeqsucc curvearrowleft curvearrowright dashleftarrow dashrightarrow dashv doteq doteqdot
    Downarrow downarrow downdownarrows downharpoonleft downharpoonright eqcirc eqsim eqslantgtr
    eqslantless equiv fallingdotseq frown geq geqq geqslant gg ggg gnapprox gneq gneqq gnsim gtrapprox
    gtreqless gtreqqless gtrless gtrsim gvertneqq hookleftarrow hookrightarrow in Join Leftarrow
    leftarrow leftarrowtail leftharpoondown leftharpoonup leftleftarrows Leftrightarrow leftrightarrow
    leftrightarrows leftrightharpoons leftrightsquigarrow leq leqq leqslant lessapprox lesseqgtr
    lesseqqgtr lessgtr lesssim ll Lleftarrow lll lnapprox lneq lneqq lnsim Longleftarrow longleftarrow
    Longleftrightarrow longleftrightarrow longmapsto Longrightarrow longrightarrow looparrowleft
    looparrowright Lsh lvertneqq mapsto mid models multimap ncong nearrow neq ngeq ngeqq ngeqslant ngtr
    ni nLeftarrow nleftarrow nLeftrightarrow nleftrightarrow nleq nleqq nleqslant nless nmid notin
    nparallel nprec npreceq nRightarrow nrightarrow nshortmid nshortparallel nsim nsubseteq nsubseteqq
    nsucc nsucceq nsupseteq nsupseteqq ntriangleleft ntrianglelefteq ntriangleright ntrianglerighteq
    nVDash nVdash nvDash nvdash nwarrow parallel perp pitchfork prec precapprox preccurlyeq preceq
    precnapprox precneqq precnsim precsim propto Rightarrow rightarrow rightarrowtail rightharpoondown
    rightharpoonup rightleftarrows rightleftharpoons rightleftharpoons rightrightarrows rightsquigarrow
    risingdotseq Rrightarrow Rsh searrow shortmid shortparallel sim simeq smallfrown smallsmile smile
    sqsubset sqsubseteq sqsupset sqsupseteq Subset subset subseteq subseteqq subsetneq subsetneqq succ
    succapprox succcurlyeq succeq succnapprox succneqq succnsim succsim Supset supset supseteq supseteqq
    supsetneq supsetneqq swarrow therefore thickapprox thicksim trianglelefteq triangleq trianglerighteq
    twoheadleftarrow twoheadrightarrow Uparrow uparrow Updownarrow updownarrow upharpoonleft
    upharpoonright upuparrows varpropto varsubsetneq varsubsetneqq varsupsetneq varsupsetneqq
    vartriangle vartriangleleft vartriangleright Vdash vDash vdash Vvdash
    """
)
_OPENINGS = _names(
    """
    langle lceil lfloor lgroup llcorner lmoustache lVert lvert ulcorner
    """
)
_CLOSINGS = _names(
    """
    lrcorner rangle rceil rfloor rgroup rmoustache rVert rvert urcorner
    """
)
_PUNCTUATION = _names(
    """
    cdotp ldotp
    """
)

# Operators that set their scripts above and below in display style, and those that set them beside.
STACKING_OPERATORS = frozenset(
    _names(
        """
    sum prod coprod bigcap bigcup bigsqcup biguplus bigvee bigwedge bigodot bigoplus bigotimes intop smallint
    det gcd inf lim liminf limsup max min Pr sup injlim projlim varinjlim varprojlim varliminf varlimsup
    """
    )
)
INTEGRALS = frozenset(_names("int oint iint iiint iiiint idotsint"))
FUNCTIONS = frozenset(
    _names(
        """
    arccos arcsin arctan arg cos cosh cot coth csc deg dim exp hom ker lg ln log sec sin sinh tan tanh
    """
    )
)
SIDED_OPERATORS = INTEGRALS | FUNCTIONS

# What one atom is to its neighbours. CHARACTER: an ordinary symbol. GROUP: an ordinary atom made of
# several. BOX: a root, a bar, a matrix. SCRIPTED: any of these with scripts. SPACE and DECLARATION are no
# atoms. OPAQUE: unknown.
(
    CHARACTER,
    GROUP,
    BOX,
    SCRIPTED,
    OPERATOR,
    BINARY,
    RELATION,
    OPENING,
    CLOSING,
    PUNCTUATION,
    INNER,
    SPACE,
    DECLARATION,
    BRACES,
    OPAQUE,
    UNKNOWN,
) = range(16)

ORDINARY = frozenset([CHARACTER, GROUP, BOX, SCRIPTED, BRACES])

# Different names, one picture.
SYNONYMS = {
    "\\le": "\\leq",
    "\\ge": "\\geq",
    "\\ne": "\\neq",
    "\\rightarrow": "\\to",
    "\\gets": "\\leftarrow",
    "\\land": "\\wedge",
    "\\lor": "\\vee",
    "\\lnot": "\\neg",
    "\\owns": "\\ni",
    "\\Vert": "\\|",
    "\\vert": "|",
    "\\lbrace": "\\{",
    "\\rbrace": "\\}",
    "\\lbrack": "[",
    "\\rbrack": "]",
    "\\ast": "*",
    "\\Box": "\\square",
    "\\Diamond": "\\lozenge",
    "\\restriction": "\\upharpoonright",
    "\\leadsto": "\\rightsquigarrow",
    "\\dasharrow": "\\dashrightarrow",
    "\\doublecap": "\\Cap",
    "\\doublecup": "\\Cup",
    "\\Doteq": "\\doteqdot",
    "\\gggtr": "\\ggg",
    "\\llless": "\\lll",
    "\\lq": "`",
    "\\thinspace": "\\,",
    "\\medspace": "\\:",
    "\\>": "\\:",
    "\\thickspace": "\\;",
    "\\negthinspace": "\\!",
    "\\enskip": "\\enspace",
    "\\nobreakspace": "\\ ",
    "\\": "\\ ",
    "\\\n": "\\ ",
    "\\\t": "\\ ",
    "\\hdots": "\\ldots",
    "\\mathellipsis": "\\ldots",
    "\\Bbb": "\\mathbb",
    "\\bold": "\\mathbf",
    "\\frak": "\\mathfrak",
    "\\operatornamewithlimits": "\\operatorname*",
    "\\sp": "^",
    "\\sb": "_",
    "\\cr": "\\\\",
    "\\tabularnewline": "\\\\",
    "\\dotsb": "\\cdots",
    "\\dotsm": "\\cdots",
}

# Names that stand for several tokens.
EXPANSIONS = {
    "\\iff": ["\\;", "\\Longleftrightarrow", "\\;"],
    "\\implies": ["\\;", "\\Longrightarrow", "\\;"],
    "\\impliedby": ["\\;", "\\Longleftarrow", "\\;"],
}

SPACES = frozenset(["\\qquad", "\\quad", "\\enspace", "\\ ", "\\;", "\\:", "\\,", "\\!"])
SPACE_ORDER = {
    token: place for place, token in enumerate(["\\qquad", "\\quad", "\\enspace", "\\", "\\;", "\\:", "\\,"])
}

CLASSES = (
    dict.fromkeys(_ORDINARY_SYMBOLS, CHARACTER)
    | dict.fromkeys(_GREEK_CAPITALS, CHARACTER)
    | dict.fromkeys(_BINARY_OPERATORS, BINARY)
    | dict.fromkeys(_RELATIONS, RELATION)
    | dict.fromkeys(_OPENINGS, OPENING)
    | dict.fromkeys(_CLOSINGS, CLOSING)
    | dict.fromkeys(_PUNCTUATION, PUNCTUATION)
    | dict.fromkeys(STACKING_OPERATORS | SIDED_OPERATORS, OPERATOR)
    | dict.fromkeys(SPACES, SPACE)
    | dict.fromkeys('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./|@"`', CHARACTER)
    | dict.fromkeys("+-*", BINARY)
    | dict.fromkeys(_names("to coloneqq eqqcolon coloneq colonequals vcentcolon"), RELATION)
    | {"\\llbracket": OPENING, "\\rrbracket": CLOSING}
    | dict.fromkeys("=<>:", RELATION)
    | dict.fromkeys(",;", PUNCTUATION)
    | dict.fromkeys(["(", "[", "\\{"], OPENING)
    | dict.fromkeys([")", "]", "\\}", "!", "?"], CLOSING)
    | dict.fromkeys(["\\|", "\\#", "\\$", "\\%", "\\&", "\\_", "\\prime"], CHARACTER)
    | dict.fromkeys(["\\ldots", "\\cdots", "\\ddots"], INNER)
    | {"\\colon": OPAQUE, "\\bmod": OPAQUE, "\\mathstrut": BOX, "\\hline": OPAQUE, "\\not": OPAQUE}
)

# What looks alike in every font: a font command around it draws nothing.
FIXED_SYMBOLS = (
    frozenset(CLASSES)
    - frozenset(_GREEK_CAPITALS)
    - frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
)
ROMAN_SYMBOLS = FIXED_SYMBOLS | frozenset(_GREEK_CAPITALS) | frozenset("0123456789")

# What `\dots` and its kin do depends on the token after them.
RAISED_DOTS_BEFORE = (
    frozenset("+=<>-*:")
    | (frozenset(_BINARY_OPERATORS) - {"\\bowtie"})
    | (frozenset(_RELATIONS) - set(_names("neq cong notin models bowtie Join")))
    | frozenset(_names("not sum prod coprod bigcap bigcup bigsqcup biguplus bigvee bigwedge bigodot bigoplus"))
    | frozenset(_names("bigotimes iff implies impliedby le ge to gets land lor owns ast Doteq gggtr llless leadsto"))
    | frozenset(_names("restriction doublecap doublecup dots dotsb dotsm mathbin mathrel"))
) - set(_names("dots dotsb dotsm mathbin mathrel"))
CLOSING_AFTER_DOTS = frozenset(")]") | frozenset(
    _names("} rbrack rbrace rangle rceil rfloor rgroup rmoustache right bigr biggr Bigr Biggr")
)

DELIMITERS = {
    delimiter: delimiter
    for delimiter in _names(
        """
    { } | backslash lfloor rfloor lceil rceil langle rangle uparrow Uparrow downarrow Downarrow updownarrow
    Updownarrow lgroup rgroup lmoustache rmoustache arrowvert Arrowvert bracevert ulcorner urcorner llcorner
    lrcorner
    """
    )
} | {
    **{character: character for character in "()[]/|."},
    "<": "\\langle",
    ">": "\\rangle",
    "\\lbrace": "\\{",
    "\\rbrace": "\\}",
    "\\lbrack": "[",
    "\\rbrack": "]",
    "\\vert": "|",
    "\\lvert": "|",
    "\\rvert": "|",
    "\\Vert": "\\|",
    "\\lVert": "\\|",
    "\\rVert": "\\|",
}
SIZED_DELIMITERS = {
    "\\" + size + side: atom
    for size in ("big", "Big", "bigg", "Bigg")
    for side, atom in (("", GROUP), ("l", OPENING), ("r", CLOSING), ("m", RELATION))
}

# Font switches that hold to the end of the group, by the command of one argument that draws the same.
SWITCHES = {
    "\\rm": "\\mathrm",
    "\\bf": "\\mathbf",
    "\\it": "\\mathit",
    "\\sf": "\\mathsf",
    "\\tt": "\\mathtt",
    "\\cal": "\\mathcal",
    "\\mit": "\\mathnormal",
}
ALPHABETS = frozenset(
    _names("mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathscr mathnormal mathds mathbbm")
)

DISPLAY, TEXT, SCRIPT, SCRIPTSCRIPT = range(4)
STYLES = {
    "\\displaystyle": DISPLAY,
    "\\textstyle": TEXT,
    "\\scriptstyle": SCRIPT,
    "\\scriptscriptstyle": SCRIPTSCRIPT,
}
SIZES = frozenset(_names("tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge boldmath"))

# In a 12 pt document these are the sizes of the script styles.
TEXT_SIZES = {"\\normalsize": TEXT, "\\scriptsize": SCRIPT, "\\tiny": SCRIPTSCRIPT}

ACCENTS = frozenset(
    _names("acute grave ddot tilde bar breve check hat vec dot dddot ddddot mathring widehat widetilde")
)

# Commands with mathematical arguments: how many, what atom comes out, and the style of the arguments (None:
# as outside; a tuple: one for each argument; "script": one level down).
ARGUMENTS = (
    dict.fromkeys(ACCENTS, (1, BOX, None))
    | dict.fromkeys(
        _names(
            """overline underline overrightarrow overleftarrow overleftrightarrow underrightarrow
            underleftarrow underleftrightarrow"""
        ),
        (1, BOX, None),
    )
    | dict.fromkeys(_names("overbrace underbrace"), (1, OPERATOR, DISPLAY))
    | {
        "\\mathop": (1, OPERATOR, None),
        "\\operatorname": (1, OPERATOR, None),
        "\\operatorname*": (1, OPERATOR, None),
        "\\mathbin": (1, BINARY, None),
        "\\mathrel": (1, RELATION, None),
        "\\mathopen": (1, OPENING, None),
        "\\mathclose": (1, CLOSING, None),
        "\\mathpunct": (1, PUNCTUATION, None),
        "\\mathord": (1, GROUP, None),
        "\\mathinner": (1, INNER, None),
        "\\phantom": (1, GROUP, None),
        "\\hphantom": (1, GROUP, None),
        "\\vphantom": (1, GROUP, None),
        "\\boxed": (1, GROUP, DISPLAY),
        "\\boldsymbol": (1, OPAQUE, None),
        "\\bm": (1, OPAQUE, None),
        "\\pmb": (1, OPAQUE, None),
        "\\pmod": (1, OPAQUE, None),
        "\\mod": (1, OPAQUE, None),
        "\\pod": (1, OPAQUE, None),
        "\\stackrel": (2, RELATION, ("script", None)),
        "\\overset": (2, OPAQUE, ("script", None)),
        "\\underset": (2, OPAQUE, ("script", None)),
        "\\mathclap": (1, GROUP, None),
        "\\mathrlap": (1, GROUP, None),
        "\\mathllap": (1, GROUP, None),
        "\\cancel": (1, GROUP, None),
    }
)

# Fractions: the name of the one that leaves the style to its surroundings, and the style it forces.
FRACTIONS = {
    "\\frac": ("\\frac", None),
    "\\dfrac": ("\\frac", DISPLAY),
    "\\tfrac": ("\\frac", TEXT),
    "\\binom": ("\\binom", None),
    "\\dbinom": ("\\binom", DISPLAY),
    "\\tbinom": ("\\binom", TEXT),
}
FORCED_FRACTIONS = {(name, style): command for command, (name, style) in FRACTIONS.items()}
INFIXES = {"\\over": "\\frac", "\\choose": "\\binom", "\\atop": None, "\\brack": None, "\\brace": None}

# Environments: the delimiters around them, the name they are written by, the style of their cells, and
# whether every second column starts with an empty atom.
ENVIRONMENTS = {
    "matrix": (None, "matrix", TEXT, False),
    "pmatrix": (("(", ")"), "matrix", TEXT, False),
    "bmatrix": (("[", "]"), "matrix", TEXT, False),
    "Bmatrix": (("\\{", "\\}"), "matrix", TEXT, False),
    "vmatrix": (("|", "|"), "matrix", TEXT, False),
    "Vmatrix": (("\\|", "\\|"), "matrix", TEXT, False),
    "smallmatrix": (None, "smallmatrix", SCRIPT, False),
    "array": (None, "array", TEXT, False),
    "cases": (None, "cases", TEXT, False),
    "dcases": (None, "dcases", DISPLAY, False),
    "aligned": (None, "aligned", DISPLAY, True),
    "split": (None, "split", DISPLAY, True),
    "alignedat": (None, "alignedat", DISPLAY, True),
    "gathered": (None, "gathered", DISPLAY, False),
    "subarray": (None, "subarray", SCRIPT, False),
}

# Commands that set their argument as text: the font they set it in.
TEXT_FONTS = {
    "\\text": "\\mathrm",
    "\\textrm": "\\mathrm",
    "\\textnormal": "\\mathrm",
    "\\textup": "\\mathrm",
    "\\textmd": "\\mathrm",
    "\\mbox": "\\mathrm",
    "\\hbox": "\\mathrm",
    "\\textbf": "\\mathbf",
    "\\textit": "\\mathit",
    "\\emph": "\\mathit",
    "\\textsf": "\\mathsf",
    "\\texttt": "\\mathtt",
}

# Commands that set their argument as text that mathematics cannot set.
QUOTED_COMMANDS = frozenset(_names("textsc textsl textcircled fbox rlap llap clap underbar vbox vtop vcenter"))
