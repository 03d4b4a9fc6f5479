-- Words that make no term: add one where it belongs, in small letters.
SELECT unnest(string_split_regex(words, '\s+')) AS word
FROM (VALUES
    -- articles, pronouns, conjunctions, prepositions
    (
        'a about above across after against all almost along alongside already also although always among an and
        another any are around as at be because been before being below beneath beside besides between beyond
        both but by can cannot could despite did do does doing done down due during each either etc even ever
        every except few first for from further furthermore given had has have having he hence her here his
        how however if in indeed instead into is it its itself just last latter least less let like likely
        many may me might more moreover most much must my namely near nearly neither never nevertheless no
        none nonetheless nor not now of off often on once one only onto or other others otherwise our ours out
        over own per perhaps quite rather same second several shall she should similarly since so some still
        such than that the their them themselves then there thereby therefore therein thereof these they third
        this those though three through throughout thus to together too toward towards two under unless unlike
        until up upon us usually very via was we well were what when where whereas whereby wherein whether
        which while who whom whose why will with within without would yet you your'
    ),
    -- the way abstracts talk about the paper itself
    (
        'achieve achieved achieves achieving additionally address addressed addresses addressing aim aims al allow
        allowing allows applied apply approach approaches article available called code compare compared
        comparing consider considered considering consistently contrast contribution contributions currently
        demonstrate demonstrated demonstrates demonstrating develop developed developing enable enables
        enabling especially establish et evaluate evaluated evaluating examine exist existing exists
        experiment experimental experiments explore explored explores exploring extensive extensively finally
        find finding findings finds focus focuses focusing found github http https identified identify
        identifying improve improved improves improving include included includes including increasingly
        introduce introduced introduces introducing investigate investigated investigates leverage leverages
        leveraging made mainly make makes making new novel observe obtain obtained offer offering offers
        outperform outperforming outperforms paper particularly perform performed performs present presented
        presenting presents previous previously primarily propose proposed proposes proposing prove provide
        provided provides providing publicly recent recently remain remains report reported require required
        requires respectively result resulting results reveal reveals review show showed showing shown shows
        significant significantly specifically state state-of-the-art studied studies study studying
        substantially suggest suggests superior take taking typically underlying understand understanding url
        use used useful uses using utilize utilizes utilizing validate validated various way ways widely work
        works www'
    ),
    -- words of degree and number
    (
        'additional best better big broad common crucial current different difficult diverse easily effective
        effectively essential fast full fully general good great greater greatly half high higher highest
        highly hundred important increase increased increasing key large largely larger long low lower main
        major million multiple necessary need needed needs notable notably numerous particular popular
        possible potential potentially promising range rich short similar simple simply single small smaller
        strong sufficient thousand total true ubiquitous unique varying vast wide'
    )
) AS lists (words)
