using System.Text;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Completion;

/// <summary>Completion for PowerShell, 5 and later; paths are completed by PowerShell itself.</summary>
internal static class PowerShellScript
{
    public static string Of(string program, IReadOnlyList<Verb> verbs)
    {
        StringBuilder text = new();
        text.Append($"# Completes {program} in PowerShell. Load it with: ");
        text.Append($"{program} completion powershell | Out-String | Invoke-Expression\n");
        text.Append($"Register-ArgumentCompleter -Native -CommandName {program} -ScriptBlock {{\n");
        text.Append("    param($word, $command, $position)\n    $verbs = [ordered]@{\n");
        foreach (Verb verb in verbs)
        {
            text.Append($"        '{verb.Name}' = @({List(CompletedOption.Of(verb).Select(option => option.Name))})\n");
        }

        text.Append("    }\n    $words = @{\n");
        foreach (Verb verb in verbs)
        {
            if (CompletedOption.OperandsOf(verb) is { Count: > 0 } words)
            {
                text.Append($"        '{verb.Name} {verb.Name}' = @({List(words)})\n");
            }

            foreach (CompletedOption option in CompletedOption.Of(verb).Where(o => o.Words.Count > 0))
            {
                text.Append($"        '{verb.Name} {option.Name}' = @({List(option.Words)})\n");
            }
        }

        text.Append("    }\n");
        text.Append("    $given = @($command.CommandElements | ForEach-Object { $_.ToString() })\n");
        text.Append("    $before = if ($word -eq '') { $given[-1] } else { $given[-2] }\n");
        text.Append("    $known = if ($given.Count -eq 1 -or ($given.Count -eq 2 -and $word -ne '')) {\n");
        text.Append("        @($verbs.Keys) + '--help' + '--version'\n");
        text.Append("    } elseif ($word -notlike '-*' -and $words.ContainsKey(\"$($given[1]) $before\")) {\n");
        text.Append("        $words[\"$($given[1]) $before\"]\n");
        text.Append("    } elseif ($word -like '-*') { $verbs[$given[1]] }\n");
        text.Append("    $known | Where-Object { $_ -like \"$word*\" } | ForEach-Object {\n");
        text.Append("        [System.Management.Automation.CompletionResult]::new(");
        text.Append("$_, $_, 'ParameterValue', $_)\n    }\n}\n");
        return text.ToString();
    }

    private static string List(IEnumerable<string> words) => string.Join(", ", words.Select(word => $"'{word}'"));
}
