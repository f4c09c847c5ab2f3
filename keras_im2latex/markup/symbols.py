"""LaTeX's control words by the part they play in a formula, as the markup tools need to know them."""

GREEK_LETTERS = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta", "iota"),
    *("kappa", "varkappa", "lambda", "mu", "nu", "xi", "pi", "varpi", "rho", "varrho", "sigma", "varsigma"),
    *("tau", "upsilon", "phi", "varphi", "chi", "psi", "omega", "digamma"),
    *("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega"),
)

# One ordinary atom each: braces around them draw nothing and change no spacing.
ORDINARY_SYMBOLS = (
    *GREEK_LETTERS,
    *("infty", "ell", "partial", "nabla", "imath", "jmath", "wp", "Re", "Im", "aleph", "emptyset", "forall"),
    *("exists", "top", "bot", "hbar", "hslash", "Box", "square", "varnothing", "flat", "natural", "sharp"),
)

# Not ordinary, yet drawn alike with and without braces when they stand alone as a script.
SCRIPT_SYMBOLS = (
    *ORDINARY_SYMBOLS,
    *(
        "dagger",
        "ddagger",
        "ast",
        "star",
        "circ",
        "bullet",
        "perp",
        "parallel",
        "pm",
        "mp",
        "times",
        "otimes",
    ),
    *("oplus", "wedge", "vee", "sim", "prime"),
)

# Binary operators and relations that a careful hand types with a space on either side.
SPACED_SYMBOLS = (
    *("pm", "mp", "times", "div", "cdot", "ast", "star", "circ", "bullet", "oplus", "ominus", "otimes"),
    *(
        "odot",
        "oslash",
        "wedge",
        "vee",
        "land",
        "lor",
        "cap",
        "cup",
        "sqcap",
        "sqcup",
        "setminus",
        "smallsetminus",
    ),
    *("uplus", "amalg", "boxplus", "boxtimes", "rtimes", "ltimes", "diamond", "wr", "bmod"),
    *("leq", "le", "leqslant", "leqq", "geq", "ge", "geqslant", "geqq", "ll", "gg", "lesssim", "gtrsim"),
    *("neq", "ne", "equiv", "sim", "simeq", "approx", "cong", "doteq", "propto", "asymp", "triangleq"),
    *("coloneqq", "coloneq", "colonequals", "eqqcolon", "prec", "preceq", "succ", "succeq", "precsim"),
    *("subset", "subseteq", "subsetneq", "supset", "supseteq", "supsetneq", "nsubseteq", "in", "ni", "notin"),
    *("mid", "nmid", "parallel", "perp", "vdash", "dashv", "models", "vDash", "Vdash"),
    *("to", "gets", "mapsto", "longmapsto", "implies", "iff", "rightarrow", "leftarrow", "leftrightarrow"),
    *("Rightarrow", "Leftarrow", "Leftrightarrow", "longrightarrow", "longleftarrow", "longleftrightarrow"),
    *("Longrightarrow", "Longleftarrow", "Longleftrightarrow", "hookrightarrow", "rightharpoonup"),
    *("twoheadrightarrow", "rightleftharpoons", "leadsto", "rightsquigarrow"),
    *("quad", "qquad", "hline", "over", "atop", "choose"),
)

# Other words that take no argument: a brace after them begins a group of its own.
WORDS_WITHOUT_ARGUMENT = (
    *("sum", "prod", "coprod", "int", "iint", "iiint", "oint", "bigcup", "bigcap", "bigoplus", "bigotimes"),
    *("vdots", "ddots", "langle", "rangle", "lbrace", "rbrace", "lfloor", "rfloor"),
    *("lceil", "rceil", "vert", "Vert", "prime", "dagger", "ddagger", "colon", "displaystyle", "textstyle"),
    *("scriptstyle", "scriptscriptstyle", "nonumber", "limits", "nolimits"),
)

# Named operators that LaTeX itself defines, with scripts beside them, and with limits in displays.
OPERATORS_WITH_SIDE_SCRIPTS = (
    *("arccos", "arcsin", "arctan", "arg", "cosh", "cos", "coth", "cot", "csc", "deg", "dim", "exp"),
    *("hom", "ker", "lg", "ln", "log", "sec", "sinh", "sin", "tanh", "tan"),
)
OPERATORS_WITH_LIMITS = (
    *("det", "gcd", "inf", "injlim", "liminf", "limsup", "lim", "max", "min", "Pr", "projlim", "sup"),
)

# Commands of one argument whose result is a single ordinary atom.
ACCENTS = (
    *("acute", "bar", "breve", "check", "ddot", "dot", "grave", "hat", "mathring", "tilde", "vec"),
    *("widehat", "widetilde"),
)
OVER_AND_UNDER = ("overline", "underline", "overrightarrow", "overleftarrow", "sqrt")
MATH_ALPHABETS = (
    *("mathrm", "mathbf", "mathit", "mathsf", "mathtt", "mathcal", "mathbb", "mathfrak", "mathscr", "mathds"),
    "mathbbm",
)
FRACTIONS = ("frac", "dfrac", "tfrac")
COMMANDS_OF_TWO_ARGUMENTS = (*FRACTIONS, "cfrac", "binom", "stackrel", "overset", "underset")

# Commands whose argument is text, a name or a length: a space in it would be drawn or would be an error.
VERBATIM_COMMANDS = (
    *("textrm", "textbf", "textit", "textsf", "texttt", "textup", "textsc", "textsl", "textmd", "textnormal"),
    *("text", "emph", "mbox", "fbox", "hbox", "makebox", "framebox", "raisebox", "hspace", "vspace", "label"),
    *("tag", "mathrm", "operatorname", "textcircled", "rlap", "llap", "clap", "underbar", "vbox", "vtop", "vcenter"),
)
