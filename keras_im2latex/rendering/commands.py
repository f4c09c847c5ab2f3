"""Which commands of a formula are known to be harmless, and which are refused."""

import re

# Commands that would read or write files, start programs, or paint past TeX. TeX is denied some as well.
FORBIDDEN = frozenset(
    """
    input include includeonly InputIfFileExists IfFileExists verbatiminput lstinputlisting includegraphics
    openin openout closein closeout read readline write immediate special shipout dump pdfliteral pdfobj
    pdfximage pdfmapfile pdfmapline pdffilesize pdffiledump pdfmdfivesum pdfprimitive pdfoutput
    pdfshellescape ShellEscape
    """.split()  # noqa: SIM905
)

# Those that TeX itself forgets before it draws a formula with unknown commands, lest it spell them otherwise.
# LaTeX needs the others to load fonts; whatever those name, TeX's own guard keeps them to the run's folder.
WITHDRAWN = frozenset(name for name in FORBIDDEN if name.startswith("pdf") and name != "pdfoutput") | {
    "openout",
    "special",
    "shipout",
    "dump",
    "includegraphics",
    "verbatiminput",
    "lstinputlisting",
    "ShellEscape",
}

# Commands that change nothing outside their group: formulas made of them can share a TeX run.
HARMLESS_COMMANDS = frozenset(
    r"""
    frac dfrac tfrac cfrac binom dbinom tbinom over above atop choose brack brace genfrac sqrt root of
    surd left right middle big Big bigg Bigg bigl bigr bigm Bigl Bigr Bigm biggl biggr biggm Biggl Biggr
    Biggm begin end hline cline multicolumn cr newline noalign vline hfill hfil hss hskip hspace kern
    mkern mskip vskip vspace raise lower rule strut mathstrut phantom hphantom vphantom smash rlap llap
    clap quad qquad enspace enskip thinspace medspace thickspace negthinspace negmedspace negthickspace
    allowbreak nobreak penalty mathord mathop mathbin mathrel mathopen mathclose mathpunct mathinner
    mathchoice mathpalette limits nolimits displaylimits displaystyle textstyle scriptstyle
    scriptscriptstyle mathcal mathrm mathbb mathbf mathsf mathfrak mathit mathtt mathnormal mathscr mathds
    mathbbm boldsymbol bm pmb bold Bbb frak cal rm bf sf it tt sl sc mit oldstyle scr em emph text textrm
    textbf textsf textit texttt textsl textsc textup textmd textnormal mbox hbox vbox vtop vcenter fbox
    boxed makebox framebox parbox raisebox ensuremath tiny scriptsize footnotesize small normalsize large
    Large LARGE huge Huge mathversion boldmath unboldmath bfseries mdseries itshape upshape slshape
    scshape rmfamily sffamily ttfamily normalfont operatorname operatornamewithlimits mod bmod pmod pod
    hat widehat tilde widetilde bar overline underline vec dot ddot dddot ddddot check acute grave breve
    mathring widecheck underbar overbrace underbrace overrightarrow overleftarrow overleftrightarrow
    underrightarrow underleftarrow underleftrightarrow overset underset stackrel substack sideset
    xrightarrow xleftarrow buildrel not prime backprime nonumber notag label tag shoveleft shoveright
    intertext sb sp lbrace rbrace lbrack rbrack lvert rvert lVert rVert vert Vert langle rangle lfloor
    rfloor lceil rceil lgroup rgroup lmoustache rmoustache ulcorner urcorner llcorner lrcorner arrowvert
    Arrowvert bracevert backslash alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota
    kappa varkappa lambda mu nu xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega
    digamma Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega varGamma varDelta varTheta
    varLambda varXi varPi varSigma varUpsilon varPhi varPsi varOmega aleph beth gimel daleth hbar hslash
    imath jmath ell wp Re Im partial infty emptyset varnothing nabla forall exists nexists neg lnot angle
    measuredangle sphericalangle top bot natural flat sharp clubsuit diamondsuit heartsuit spadesuit Box
    Diamond triangle square blacksquare blacklozenge lozenge bigstar mho eth complement Bbbk Finv Game
    circledS circledR checkmark maltese diagup diagdown yen blacktriangle blacktriangledown vartriangle
    triangledown sum prod coprod int oint iint iiint iiiint idotsint smallint bigcup bigcap bigvee
    bigwedge bigoplus bigotimes bigodot biguplus bigsqcup intop ointop pm mp times div ast star circ
    bullet cdot cdotp centerdot cap cup uplus sqcap sqcup vee lor wedge land setminus smallsetminus wr
    diamond bigtriangleup bigtriangledown triangleleft triangleright lhd rhd unlhd unrhd oplus ominus
    otimes oslash odot bigcirc dagger dag ddagger ddag amalg dotplus Cap Cup doublecap doublecup barwedge
    veebar doublebarwedge boxminus boxtimes boxdot boxplus divideontimes ltimes rtimes leftthreetimes
    rightthreetimes curlywedge curlyvee circleddash circledast circledcirc intercal le leq ge geq lt gt ne
    neq equiv sim simeq approx cong asymp propto models perp mid parallel ll gg prec succ preceq succeq
    subset supset subseteq supseteq sqsubset sqsupset sqsubseteq sqsupseteq in ni owns notin vdash dashv
    smile frown doteq Join bowtie leqq leqslant eqslantless lesssim lessapprox approxeq lessdot lll llless
    lessgtr lesseqgtr lesseqqgtr doteqdot Doteq risingdotseq fallingdotseq backsim backsimeq subseteqq
    Subset preccurlyeq curlyeqprec precsim precapprox vartriangleleft trianglelefteq vDash Vvdash Vdash
    smallsmile smallfrown bumpeq Bumpeq geqq geqslant eqslantgtr gtrsim gtrapprox gtrdot ggg gggtr gtrless
    gtreqless gtreqqless eqcirc circeq triangleq thicksim thickapprox supseteqq Supset succcurlyeq
    curlyeqsucc succsim succapprox vartriangleright trianglerighteq shortmid shortparallel between
    pitchfork varpropto blacktriangleleft therefore because backepsilon blacktriangleright nless nleq
    nleqslant nleqq lneq lneqq lvertneqq lnsim lnapprox nprec npreceq precnsim precnapprox nsim nshortmid
    nmid nvdash nvDash ntriangleleft ntrianglelefteq nsubseteq subsetneq varsubsetneq subsetneqq
    varsubsetneqq ngtr ngeq ngeqslant ngeqq gneq gneqq gvertneqq gnsim gnapprox nsucc nsucceq succnsim
    succnapprox ncong nshortparallel nparallel nVdash nVDash ntriangleright ntrianglerighteq nsupseteq
    nsupseteqq nsubseteqq supsetneq varsupsetneq supsetneqq varsupsetneqq precneqq succneqq leftarrow gets
    rightarrow to uparrow downarrow updownarrow leftrightarrow Leftarrow Rightarrow Uparrow Downarrow
    Updownarrow Leftrightarrow longleftarrow longrightarrow Longleftarrow Longrightarrow
    longleftrightarrow Longleftrightarrow iff implies impliedby mapsto longmapsto hookleftarrow
    hookrightarrow leftharpoonup leftharpoondown rightharpoonup rightharpoondown rightleftharpoons
    leftrightharpoons nearrow searrow swarrow nwarrow leadsto dashrightarrow dashleftarrow leftleftarrows
    leftrightarrows Lleftarrow twoheadleftarrow leftarrowtail looparrowleft curvearrowleft circlearrowleft
    Lsh upuparrows upharpoonleft downharpoonleft multimap leftrightsquigarrow rightrightarrows
    rightleftarrows Rrightarrow twoheadrightarrow rightarrowtail looparrowright curvearrowright
    circlearrowright Rsh downdownarrows upharpoonright restriction downharpoonright rightsquigarrow
    nleftarrow nrightarrow nLeftarrow nRightarrow nleftrightarrow nLeftrightarrow ldots cdots vdots ddots
    dots dotsc dotsb dotsm dotsi dotso ldotp colon arccos arcsin arctan arg cos cosh cot coth csc deg det
    dim exp gcd hom inf injlim ker lg lim liminf limsup ln log max min Pr projlim sec sin sinh sup tan
    tanh varinjlim varprojlim varliminf varlimsup aa AA ae AE oe OE o O l L ss i j b c d t k r u v H P S
    pounds copyright dots textcircled textbackslash textgreater textless textasciitilde textasciicircum
    slash lq rq ldq nobreakspace space relax mathchar char delimiter mathaccent radical matrix pmatrix
    cases coloneqq eqqcolon coloneq vcentcolon colonequals llbracket rrbracket bra ket braket Bra Ket
    Braket set Set cancel bcancel xcancel mathclap mathrlap mathllap xspace argmin argmax
    """.split()  # noqa: SIM905
)

# Environments of which the same is true.
HARMLESS_ENVIRONMENTS = frozenset(
    """
    array matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix cases aligned alignedat gathered
    split subarray multlined dcases rcases psmallmatrix bsmallmatrix
    """.split()  # noqa: SIM905
)

_COMMAND = re.compile(r"\\([A-Za-z]+)")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)(?![A-Za-z])\s*(?:\{([A-Za-z]*)\})?")


def commands(formula):
    """Returns the names of the commands in a formula, in order, without their backslashes."""
    return _COMMAND.findall(formula)


def forbidden_command(formula):
    """Returns the first command of a formula that is refused, without its backslash, or `None`."""
    return next((name for name in _COMMAND.findall(formula) if name in FORBIDDEN), None)


def is_harmless(formula, further_commands=()):
    """Whether a formula can change nothing outside itself, as far as its commands tell.

    Args:
        formula: str. LaTeX.
        further_commands: collection of str. Commands that are harmless besides `HARMLESS_COMMANDS`.

    Returns:
        bool. `False` also means: not known.
    """
    if "^^" in formula:  # TeX's way to spell any character
        return False
    unknown = set(_COMMAND.findall(formula)) - HARMLESS_COMMANDS
    if unknown and not unknown.issubset(further_commands):
        return False
    # The name of an environment is a command as well: \begin{global} is \global.
    return all(name in HARMLESS_ENVIRONMENTS for name in _ENVIRONMENT.findall(formula))
