using System.Text.RegularExpressions;

namespace OrtTrainer.Studies.Slurm;

/// <summary>What <c>scontrol show job</c> says of a job that has ended.</summary>
/// <param name="State">Slurm's word, such as TIMEOUT.</param>
/// <param name="ExitCode">Of its script.</param>
/// <param name="Signal">That ended it; 0 for none.</param>
/// <param name="Node">Where it ran; empty where it never did.</param>
internal sealed partial record JobRecord(string State, int ExitCode, int Signal, string Node)
{
    /// <summary>Reads a line of <c>scontrol --oneliner show job</c>; null for none of a job.</summary>
    public static JobRecord? Parse(string line)
    {
        Dictionary<string, string> fields = [];
        foreach (Match field in Field().Matches(line))
        {
            fields.TryAdd(field.Groups[1].Value, field.Groups[2].Value);
        }

        if (!fields.TryGetValue("JobState", out string? state))
        {
            return null;
        }

        int[] codes = [.. fields.GetValueOrDefault("ExitCode", "0:0").Split(':')
            .Select(part => int.TryParse(part, out int number) ? number : 0)];
        string node = fields.GetValueOrDefault("BatchHost", fields.GetValueOrDefault("NodeList", ""));
        return new JobRecord(state, codes[0], codes.ElementAtOrDefault(1), node == "(null)" ? "" : node);
    }

    // A value goes up to the next name: comments have spaces.
    [GeneratedRegex(@"(\S+?)=(.*?)(?=\s+[A-Za-z][\w/:.-]*=|\s*$)")]
    private static partial Regex Field();
}
