namespace OrtTrainer.Evaluation.Texts;

/// <summary>A longest common subsequence of two lists of words.</summary>
internal static class LongestCommonSubsequence
{
    /// <summary>Its places in the first list, last to first; of several, the one that rouge_score finds.</summary>
    public static IReadOnlyList<int> In(string[] first, string[] second)
    {
        int[,] length = new int[first.Length + 1, second.Length + 1];
        for (int i = 1; i <= first.Length; i++)
        {
            for (int j = 1; j <= second.Length; j++)
            {
                length[i, j] = first[i - 1] == second[j - 1]
                    ? length[i - 1, j - 1] + 1
                    : Math.Max(length[i - 1, j], length[i, j - 1]);
            }
        }

        List<int> places = [];
        for ((int i, int j) = (first.Length, second.Length); i > 0 && j > 0;)
        {
            if (first[i - 1] == second[j - 1])
            {
                places.Add(i - 1);
                (i, j) = (i - 1, j - 1);
            }
            else if (length[i, j - 1] > length[i - 1, j])
            {
                j--;
            }
            else
            {
                i--;
            }
        }

        return places;
    }
}
