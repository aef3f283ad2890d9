namespace OrtTrainer.Studies.Soups;

/// <summary>Which runs a soup is made of (Wortsman et al. 2022).</summary>
public enum SoupRecipe
{
    /// <summary>From the best run down, each one that does not lower the score on the evaluation data.</summary>
    Greedy,

    /// <summary>All runs alike.</summary>
    Uniform,
}
