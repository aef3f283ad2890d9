namespace OrtTrainer.Evaluation.Texts;

/// <summary>
/// Porter's suffix stripping (1980, "An algorithm for suffix stripping") with the later corrections of its author and
/// the extensions of NLTK, which ROUGE's reference implementation uses. Step names are the paper's.
/// </summary>
internal static class PorterStemmer
{
    private static readonly Dictionary<string, string> Irregular = new(StringComparer.Ordinal)
    {
        ["sky"] = "sky", ["skies"] = "sky", ["dying"] = "die", ["lying"] = "lie", ["tying"] = "tie",
        ["news"] = "news", ["innings"] = "inning", ["inning"] = "inning", ["outings"] = "outing",
        ["outing"] = "outing", ["cannings"] = "canning", ["canning"] = "canning", ["howe"] = "howe",
        ["proceed"] = "proceed", ["exceed"] = "exceed", ["succeed"] = "succeed",
    };

    private static readonly (string Suffix, string Replacement)[] Plurals =
        [("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", "")];

    // A suffix stands before those that end it: the first that fits decides.
    private static readonly (string Suffix, string Replacement)[] DoubleSuffixes =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
        ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"),
        ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"),
        ("iviti", "ive"), ("biliti", "ble"), ("fulli", "ful"),
    ];

    private static readonly (string Suffix, string Replacement)[] Adjectives =
    [
        ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
    ];

    private static readonly string[] Endings =
    [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate",
        "iti", "ous", "ive", "ize",
    ];

    /// <summary>The stem of a word in lower case; words of one or two letters are their own.</summary>
    public static string Stem(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        if (Irregular.TryGetValue(word, out string? stem))
        {
            return stem;
        }

        return word.Length <= 2 ? word : Step5(Step4(Step3(Step2(Step1C(Step1B(Step1A(word)))))));
    }

    private static string Step1A(string word) => word.Length == 4 && Ends(word, "ies")
        ? word[..^1]
        : Replaced(word, Plurals, _ => true);

    private static string Step1B(string word)
    {
        if (Ends(word, "ied"))
        {
            return word.Length == 4 ? word[..^1] : word[..^2];
        }

        if (Ends(word, "eed"))
        {
            return PorterMeasure.Of(word[..^3]) > 0 ? word[..^1] : word;
        }

        foreach (string suffix in (string[])["ed", "ing"])
        {
            if (Ends(word, suffix) && PorterMeasure.HasVowel(word[..^suffix.Length]))
            {
                return Completed(word[..^suffix.Length]);
            }
        }

        return word;
    }

    /// <summary>What a word needs after -ed or -ing was taken from it.</summary>
    private static string Completed(string stem)
    {
        if (Ends(stem, "at") || Ends(stem, "bl") || Ends(stem, "iz"))
        {
            return stem + "e";
        }

        if (PorterMeasure.EndsInDoubleConsonant(stem))
        {
            return stem[^1] is 'l' or 's' or 'z' ? stem : stem[..^1];
        }

        return PorterMeasure.Of(stem) == 1 && PorterMeasure.EndsInShortSyllable(stem) ? stem + "e" : stem;
    }

    private static string Step1C(string word) =>
        Ends(word, "y") && word.Length > 2 && PorterMeasure.IsConsonant(word, word.Length - 2)
            ? word[..^1] + "i"
            : word;

    private static string Step2(string word)
    {
        if (Ends(word, "alli") && PorterMeasure.Of(word[..^4]) > 0)
        {
            return Step2(word[..^2]);
        }

        if (Ends(word, "logi"))
        {
            // The l counts as part of the stem, so that geology and theology lose their y too.
            return PorterMeasure.Of(word[..^3]) > 0 ? word[..^1] : word;
        }

        return Replaced(word, DoubleSuffixes, stem => PorterMeasure.Of(stem) > 0);
    }

    private static string Step3(string word) => Replaced(word, Adjectives, stem => PorterMeasure.Of(stem) > 0);

    private static string Step4(string word)
    {
        string? suffix = Endings.FirstOrDefault(ending => Ends(word, ending));
        if (suffix is null)
        {
            return word;
        }

        string stem = word[..^suffix.Length];
        bool fits = suffix != "ion" || (stem.Length > 0 && stem[^1] is 's' or 't');
        return fits && PorterMeasure.Of(stem) > 1 ? stem : word;
    }

    private static string Step5(string word)
    {
        if (Ends(word, "e"))
        {
            string stem = word[..^1];
            int measure = PorterMeasure.Of(stem);
            if (measure > 1 || (measure == 1 && !PorterMeasure.EndsInShortSyllable(stem)))
            {
                word = stem;
            }
        }

        return Ends(word, "ll") && PorterMeasure.Of(word[..^1]) > 1 ? word[..^1] : word;
    }

    private static string Replaced(
        string word, (string Suffix, string Replacement)[] rules, Func<string, bool> condition)
    {
        foreach ((string suffix, string replacement) in rules)
        {
            if (Ends(word, suffix))
            {
                string stem = word[..^suffix.Length];
                return condition(stem) ? stem + replacement : word;
            }
        }

        return word;
    }

    private static bool Ends(string word, string suffix) => word.EndsWith(suffix, StringComparison.Ordinal);
}
