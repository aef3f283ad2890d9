using System.Text;

namespace OrtTrainer.Tests.Docs;

/// <summary>
/// A command of a page: words, perhaps with the text between <c>&lt;&lt;'END'</c> and <c>END</c> as its input. It is
/// as much of a shell as the pages need: quotes, lines that go on after a backslash, pipes, and output to a file. After
/// <c>&lt;&lt;END</c> a shell would put values in place of names; here the text stays, as such commands are not run.
/// </summary>
/// <param name="Line">As it is written, on one line.</param>
/// <param name="Words">Its words, quotes removed; <c>|</c> and <c>&gt;</c> are words by themselves.</param>
/// <param name="Here">The text that is its input, or null.</param>
internal sealed record ShellCommand(string Line, IReadOnlyList<string> Words, string? Here)
{
    private static readonly string[] HereMarks = [" <<'END'", " <<END"];

    /// <summary>The commands of a block.</summary>
    /// <exception cref="FormatException">A text or a quote does not end.</exception>
    public static IReadOnlyList<ShellCommand> In(string block)
    {
        List<ShellCommand> commands = [];
        Queue<string> lines = new(block.TrimEnd('\n').Split('\n'));
        while (lines.TryDequeue(out string? line))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            while (line.EndsWith('\\'))
            {
                line = line[..^1] + lines.Dequeue().TrimStart();
            }

            string? mark = Array.Find(HereMarks, here => line.EndsWith(here, StringComparison.Ordinal));
            line = line[..^(mark?.Length ?? 0)];
            commands.Add(new(line, WordsOf(line), mark is null ? null : TextIn(lines)));
        }

        return commands;
    }

    /// <summary>The commands between pipes, and the file that the last one writes to, if any.</summary>
    public (IReadOnlyList<string[]> Stages, string? Output) Stages()
    {
        bool writes = Words.Count > 2 && Words[^2] == ">";
        List<List<string>> stages = [[]];
        foreach (string word in writes ? Words.SkipLast(2) : Words)
        {
            if (word == "|")
            {
                stages.Add([]);
            }
            else
            {
                stages[^1].Add(word);
            }
        }

        return ([.. stages.Select(stage => stage.ToArray())], writes ? Words[^1] : null);
    }

    private static string TextIn(Queue<string> lines)
    {
        StringBuilder text = new();
        while (true)
        {
            string line = lines.TryDequeue(out string? next)
                ? next
                : throw new FormatException("A text has no END.");
            if (line == "END")
            {
                return text.ToString();
            }

            text.Append(line).Append('\n');
        }
    }

    private static List<string> WordsOf(string line)
    {
        List<string> words = [];
        StringBuilder word = new();
        char quote = '\0';
        bool isWord = false;
        foreach (char character in line)
        {
            if (quote != '\0')
            {
                Take(character == quote, character);
            }
            else if (character is '"' or '\'')
            {
                (quote, isWord) = (character, true);
            }
            else if (character == ' ')
            {
                End();
            }
            else
            {
                word.Append(character);
                isWord = true;
            }
        }

        End();
        return quote == '\0' ? words : throw new FormatException($"A quote does not end: {line}");

        void Take(bool ends, char character)
        {
            quote = ends ? '\0' : quote;
            word.Append(ends ? "" : character);
        }

        void End()
        {
            if (isWord)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            isWord = false;
        }
    }
}
