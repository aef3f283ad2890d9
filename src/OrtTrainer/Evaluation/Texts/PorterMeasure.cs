namespace OrtTrainer.Evaluation.Texts;

/// <summary>Vowels and consonants as Porter's rules see them: y is a vowel after a consonant.</summary>
internal static class PorterMeasure
{
    /// <summary>The number of times a consonant follows a vowel: the paper's m in [C](VC)^m[V].</summary>
    public static int Of(string stem)
    {
        int measure = 0;
        for (int i = 1; i < stem.Length; i++)
        {
            measure += IsConsonant(stem, i) && !IsConsonant(stem, i - 1) ? 1 : 0;
        }

        return measure;
    }

    public static bool IsConsonant(string word, int index) => word[index] switch
    {
        'a' or 'e' or 'i' or 'o' or 'u' => false,
        'y' => index == 0 || !IsConsonant(word, index - 1),
        _ => true,
    };

    public static bool HasVowel(string stem) => Enumerable.Range(0, stem.Length).Any(i => !IsConsonant(stem, i));

    public static bool EndsInDoubleConsonant(string word) =>
        word.Length >= 2 && word[^1] == word[^2] && IsConsonant(word, word.Length - 1);

    /// <summary>Consonant, vowel, consonant other than w, x and y (-hop); or a word of vowel and consonant
    /// (NLTK).</summary>
    public static bool EndsInShortSyllable(string word)
    {
        int last = word.Length - 1;
        return last switch
        {
            < 1 => false,
            1 => !IsConsonant(word, 0) && IsConsonant(word, 1),
            _ => IsConsonant(word, last - 2) && !IsConsonant(word, last - 1) && IsConsonant(word, last)
                && word[last] is not ('w' or 'x' or 'y'),
        };
    }
}
