using System.Text;
using OrtTrainer.Common;
using OrtTrainer.Runtime.Distributed;

namespace OrtTrainer.Distributed;

/// <summary>
/// Work that either all ranks get done or none: a failure of one ends all, and is told once, by the first rank.
/// </summary>
internal static class Agreement
{
    private const char Done = '+';
    private const char Failed = '-';

    /// <summary>Lets the first rank make a text that all get.</summary>
    /// <exception cref="RankStoppedException">The first rank failed, where its own exception is thrown.</exception>
    public static string FromFirst(this RankGroup ranks, Func<string> make)
    {
        if (!ranks.IsFirst)
        {
            string told = Encoding.UTF8.GetString(ranks.Spread([]));
            return told.StartsWith(Done) ? told[1..] : throw new RankStoppedException();
        }

        string text;
        try
        {
            text = make();
        }
        catch
        {
            ranks.Spread([(byte)Failed]);
            throw;
        }

        ranks.Spread(Encoding.UTF8.GetBytes(Done + text));
        return text;
    }

    /// <summary>Lets every rank do its work, and goes on when all have done it.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="work">Returns a text that is to be the same on every rank.</param>
    /// <param name="difference">Says, of another rank's text and the first rank's, what differs and what to do.</param>
    /// <exception cref="RunException">On the first rank: another failed, or its text differs.</exception>
    /// <exception cref="RankStoppedException">On another rank: one of them failed.</exception>
    public static void Together(this RankGroup ranks, Func<string> work, Func<string, string, string> difference)
    {
        Exception? failure = null;
        string own;
        try
        {
            own = Done + work();
        }
        catch (Exception thrown)
        {
            failure = thrown;
            own = Failed + thrown.Message;
        }

        string[] all =
            [.. ranks.Gather(Encoding.UTF8.GetBytes(own)).Select(bytes => Encoding.UTF8.GetString(bytes))];
        string[] places =
            [.. ranks.Gather(Encoding.UTF8.GetBytes(ranks.Place)).Select(bytes => Encoding.UTF8.GetString(bytes))];
        int odd = Array.FindIndex(all, text => text[0] == Failed);
        if (odd < 0)
        {
            odd = Array.FindIndex(all, text => text != all[0]);
        }

        if (odd < 0)
        {
            return;
        }

        if (!ranks.IsFirst)
        {
            throw new RankStoppedException();
        }

        string told = all[odd][0] == Failed ? all[odd][1..] : difference(all[odd][1..], all[0][1..]);
        throw failure ?? new RunException($"Rank {odd} on {places[odd]}: {told}");
    }
}
