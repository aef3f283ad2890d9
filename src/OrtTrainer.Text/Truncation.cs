namespace OrtTrainer.Text;

/// <summary>Which text of a pair loses tokens where there are more than the maximum.</summary>
public enum Truncation
{
    /// <summary>The longer one, then both alike.</summary>
    LongestFirst,

    /// <summary>Only the first.</summary>
    OnlyFirst,

    /// <summary>Only the second.</summary>
    OnlySecond,
}
