"""The command tables of the KaTeX 0.6 fork behind the authors' normalizer.

They decide how a command takes its arguments, and whether it is spelled letter by letter inside `\\mathrm`.

Reference:
    - [KaTeX 0.6.0](https://github.com/KaTeX/KaTeX/tree/v0.6.0), as changed in
      [im2markup](https://github.com/harvardnlp/im2markup/tree/master/third_party/katex).
"""

# Symbols KaTeX knows to be something else than an ordinary letter: they are never spelled letter by letter.
_SYMBOL_NAMES = """
Bbbk Box Bumpeq Cap Cup Delta Diamond Doteq Downarrow Finv Game Gamma Im Join Lambda Leftarrow
Leftrightarrow Lleftarrow Longleftarrow Longleftrightarrow Longrightarrow Lsh Omega Phi Pi Psi Re Rightarrow
Rrightarrow Rsh Sigma Subset Supset Theta Uparrow Updownarrow Upsilon Vdash Vert Vvdash Xi aleph amalg angle
approx approxeq ast asymp backepsilon backprime backsim backsimeq backslash barwedge because beth between
bigcirc bigstar bigtriangledown bigtriangleup blacklozenge blacksquare blacktriangle blacktriangledown
blacktriangleleft blacktriangleright bot bowtie boxdot boxminus boxplus boxtimes bullet bumpeq cap cdot
cdotp cdots centerdot checkmark circ circeq circlearrowleft circlearrowright circledR circledS circledast
circledcirc circleddash clubsuit colon complement cong cup curlyeqprec curlyeqsucc curlyvee curlywedge
curvearrowleft curvearrowright dag dagger daleth dashleftarrow dashrightarrow dashv ddag ddagger ddots
diagdown diagup diamond diamondsuit digamma div divideontimes doteq doteqdot dotplus doublebarwedge
doublecap doublecup downarrow downdownarrows downharpoonleft downharpoonright ell emptyset enspace eqcirc
eqsim eqslantgtr eqslantless equiv eth exists fallingdotseq flat forall frown ge geq geqq geqslant gets gg
ggg gggtr gimel gnapprox gneq gneqq gnsim gt gtrapprox gtrdot gtreqless gtreqqless gtrless gtrsim gvertneqq
hbar heartsuit hookleftarrow hookrightarrow hslash in infty intercal lVert land langle lbrace lbrack lceil
ldotp ldots le leadsto leftarrow leftarrowtail leftharpoondown leftharpoonup leftleftarrows leftrightarrow
leftrightarrows leftrightharpoons leftrightsquigarrow leftthreetimes leq leqq leqslant lessapprox lessdot
lesseqgtr lesseqqgtr lessgtr lesssim lfloor lgroup lhd ll llcorner lll llless lmoustache lnapprox lneq lneqq
lnot lnsim longleftarrow longleftrightarrow longmapsto longrightarrow looparrowleft looparrowright lor
lozenge lrcorner lt ltimes lvert lvertneqq mapsto measuredangle mho mid models mp multimap nLeftarrow
nLeftrightarrow nRightarrow nVDash nVdash nabla natural ncong ne nearrow neg neq nexists ngeq ngeqq
ngeqslant ngtr ni nleftarrow nleftrightarrow nleq nleqq nleqslant nless nmid notin nparallel nprec npreceq
nrightarrow nshortmid nshortparallel nsim nsubseteq nsubseteqq nsucc nsucceq nsupseteq nsupseteqq
ntriangleleft ntrianglelefteq ntriangleright ntrianglerighteq nvDash nvdash nwarrow odot ominus oplus oslash
otimes owns parallel partial perp pitchfork pm prec precapprox preccurlyeq preceq precnapprox precneqq
precnsim precsim prime propto qquad quad rVert rangle rbrace rbrack rceil restriction rfloor rgroup rhd
rightarrow rightarrowtail rightharpoondown rightharpoonup rightleftarrows rightleftharpoons rightrightarrows
rightsquigarrow rightthreetimes risingdotseq rmoustache rtimes rvert searrow setminus sharp shortmid
shortparallel sim simeq smallfrown smallsetminus smallsmile smile space spadesuit sphericalangle sqcap sqcup
sqsubset sqsubseteq sqsupset sqsupseteq square star subset subseteq subseteqq subsetneq subsetneqq succ
succapprox succcurlyeq succeq succnapprox succneqq succnsim succsim supset supseteq supseteqq supsetneq
supsetneqq surd swarrow therefore thickapprox thicksim times to top triangle triangledown triangleleft
trianglelefteq triangleq triangleright trianglerighteq twoheadleftarrow twoheadrightarrow ulcorner unlhd
unrhd uparrow updownarrow upharpoonleft upharpoonright uplus upuparrows urcorner vDash varkappa varnothing
varpropto varsubsetneq varsubsetneqq varsupsetneq varsupsetneqq vartriangle vartriangleleft vartriangleright
vdash vdots vee veebar vert wedge wp wr yen
"""
_SYMBOL_CHARACTERS = r"""! ( ) * + , - : ; < = > ? [ ] ` | ~ / @ . " \! \# \$ \% \& \, \: \; \_ \{ \| \}"""


def _names(text):
    return frozenset(text.split())


SYMBOLS = frozenset(["\\" + name for name in _SYMBOL_NAMES.split()] + _SYMBOL_CHARACTERS.split() + ["\\ "]) | frozenset(
    "0123456789"
)

# What text mode knows; anything else is taken for an ordinary letter there.
TEXT_SYMBOLS = frozenset("0123456789`!@*()-=+[]'\";:?/.,abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ~") | {
    "\\ ",
    " ",
}

SPACES = frozenset(["\\ ", "~", " "])

DELIMITERS = _names(
    r"""
    ( ) [ \lbrack ] \rbrack \{ \lbrace \} \rbrace \lfloor \rfloor \lceil \rceil < > \langle \rangle
    \lt \gt \lvert \rvert \lVert \rVert \lgroup \rgroup \lmoustache \rmoustache / \backslash | \vert
    \| \Vert \uparrow \Uparrow \downarrow \Downarrow \updownarrow \Updownarrow .
    """
)

OPERATORS_WITHOUT_LIMITS = _names(
    r"""
    \arcsin \arccos \arctan \arg \cos \cosh \cot \coth \csc \deg \dim \exp \hom \ker \lg \ln \log
    \sec \sin \sinh \tan \tanh
    """
)
OPERATORS_WITH_LIMITS = _names(r"\det \gcd \inf \lim \liminf \limsup \max \min \Pr \sup")
OPERATOR_SYMBOLS = _names(
    r"""
    \int \iint \iiint \oint \coprod \bigvee \bigwedge \biguplus \bigcap \bigcup \intop \prod \sum
    \bigotimes \bigoplus \bigodot \bigsqcup \smallint
    """
)

# Switches that hold to the end of their group. KaTeX takes \textrm for one of them.
SWITCHES = _names(
    r"""
    \tiny \scriptsize \footnotesize \small \normalsize \large \Large \LARGE \huge \Huge \textrm \rm
    \cal \bf \siptstyle \boldmath \it
    """
)
STYLES = _names(r"\displaystyle \textstyle \scriptstyle \scriptscriptstyle")

TEXTS = _names(r"\text \mbox \hbox \vbox")

# Commands of one argument, written as they stand. KaTeX files them under fonts.
FONTS = {
    name: name
    for name in _names(
        r"""
    \mathrm \mathit \mathbf \mathop \stackrel \mathbb \mathcal \mathfrak \mathscr \mathsf \mathtt
    \label \comment \hspace \vspace \atop \fbox \tag \makebox \raisebox \framebox \circle \line \put
    \vphantom \textup \noalign
    """
    )
} | {"\\Bbb": "\\mathbb", "\\bold": "\\mathbf", "\\frak": "\\mathfrak"}

ACCENTS = _names(r"\acute \grave \ddot \tilde \bar \breve \check \hat \vec \dot")

SIZED_DELIMITERS = _names(
    r"""
    \bigl \Bigl \biggl \Biggl \bigr \Bigr \biggr \Biggr \bigm \Bigm \biggm \Biggm \big \Big \bigg
    \Bigg
    """
)

FRACTIONS = {
    "\\frac": "\\frac",
    "\\dfrac": "\\frac",
    "\\tfrac": "\\frac",
    "\\binom": "\\binom",
    "\\dbinom": "\\binom",
    "\\tbinom": "\\binom",
}
INFIXES = {"\\over": "\\frac", "\\choose": "\\binom"}

COLORS = frozenset(
    ["\\color", "\\kaBlue", "\\kaGreen", "\\orange", "\\pink"]
    + [
        "\\" + hue + shade
        for hue in _names("blue teal green gold red maroon purple mint gray")
        for shade in ["", *"ABCDEFGHI"]
    ]
) - {"\\teal", "\\gold", "\\maroon", "\\mint"}

# How tightly a command binds: another command can be its bare argument only if that one binds tighter.
GREEDINESS = (
    dict.fromkeys([*TEXTS, *FONTS, *FRACTIONS], 2)
    | dict.fromkeys(COLORS, 3)
    | dict.fromkeys(
        [
            *OPERATORS_WITHOUT_LIMITS,
            *OPERATORS_WITH_LIMITS,
            *OPERATOR_SYMBOLS,
            *SWITCHES,
            *STYLES,
            *ACCENTS,
            *SIZED_DELIMITERS,
            *INFIXES,
            *_names(
                r"""
    \sqrt \overline \underline \rule \KaTeX \phantom \llap \rlap \left \right \\ \cr \begin \end
    """
            ),
        ],
        1,
    )
)

# Environment: the delimiters its contents are set between, and the name it is written by.
ENVIRONMENTS = {
    "array": (None, "array"),
    "tabular": (None, "tabular"),
    "matrix": (None, "matrix"),
    "pmatrix": (("(", ")"), "matrix"),
    "bmatrix": (("[", "]"), "matrix"),
    "Bmatrix": (("\\{", "\\}"), "matrix"),
    "vmatrix": (("|", "|"), "matrix"),
    "Vmatrix": (("\\Vert", "\\Vert"), "matrix"),
    "picture": (("\\{", "."), "picture"),
    "cases": (("\\{", "."), "cases"),
    "aligned": (None, "aligned"),
}
