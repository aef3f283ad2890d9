using System.Text;
using System.Text.RegularExpressions;

namespace OrtTrainer.Tests.Cli;

/// <summary>
/// What a terminal shows after some output: it wraps at its width, and knows the escape sequences that bars are drawn
/// with. Lines that scrolled away are kept.
/// </summary>
internal sealed partial class TerminalScreen(int width)
{
    private readonly List<char[]> _rows = [];
    private int _row, _column;

    /// <summary>The rows, without blanks at their ends and without empty ones at the end.</summary>
    public IReadOnlyList<string> Rows
    {
        get
        {
            List<string> rows = [.. _rows.Select(row => new string(row).TrimEnd())];
            while (rows is [.., ""])
            {
                rows.RemoveAt(rows.Count - 1);
            }

            return rows;
        }
    }

    /// <summary>Whether a line ran over the right edge.</summary>
    public bool HasWrapped { get; private set; }

    public static TerminalScreen Of(string output, int width)
    {
        TerminalScreen screen = new(width);
        int at = 0;
        foreach (Match escape in Escape().Matches(output))
        {
            screen.Print(output[at..escape.Index]);
            screen.Obey(escape.Groups["numbers"].Value, escape.Groups["command"].Value[0]);
            at = escape.Index + escape.Length;
        }

        screen.Print(output[at..]);
        return screen;
    }

    private void Print(string text)
    {
        foreach (Rune letter in text.EnumerateRunes())
        {
            switch (letter.Value)
            {
                case '\r':
                    _column = 0;
                    break;
                case '\n':
                    (_row, _column) = (_row + 1, 0);
                    break;
                default:
                    if (_column == width)
                    {
                        HasWrapped = true;
                        (_row, _column) = (_row + 1, 0);
                    }

                    Row(_row)[_column++] = (char)letter.Value;
                    break;
            }
        }
    }

    private void Obey(string numbers, char command)
    {
        int count = int.TryParse(numbers, out int given) ? given : 0;
        switch (command)
        {
            case 'A':
                _row = Math.Max(0, _row - Math.Max(1, count));
                break;
            case 'J':
                Row(_row).AsSpan(Math.Min(_column, width - 1)).Fill(' ');
                _rows.RemoveRange(Math.Min(_row + 1, _rows.Count), Math.Max(0, _rows.Count - _row - 1));
                break;
            case 'K':
                Row(_row).AsSpan(count == 2 ? 0 : Math.Min(_column, width - 1)).Fill(' ');
                break;
            case 'm' or 'h' or 'l':
                break;
            default:
                throw new NotSupportedException($"escape sequence {numbers}{command}");
        }
    }

    private char[] Row(int row)
    {
        while (_rows.Count <= row)
        {
            _rows.Add([.. Enumerable.Repeat(' ', width)]);
        }

        return _rows[row];
    }

    [GeneratedRegex(@"\x1b\[(?<numbers>[?0-9;]*)(?<command>[A-Za-z])")]
    private static partial Regex Escape();
}
