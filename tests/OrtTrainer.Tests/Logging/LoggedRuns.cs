using OrtTrainer.Logging;

namespace OrtTrainer.Tests.Logging;

/// <summary>Runs for loggers, and what they say at a step.</summary>
internal static class LoggedRuns
{
    public static LoggedRun Of(string folder, long step = 0, long evaluatedStep = 0) => new(
        folder, "out", [new("seed", "1"), new("data.train", "\"t.tsv\"")], step, evaluatedStep);

    public static LoggedValue[] Loss(double loss) => [new("train/loss", loss), new("train/learning_rate", 1e-4)];

    public static LoggedValue[] Score(double score) => [new("eval/live/accuracy", score)];

    /// <summary>Steps 1 to 4 with an evaluation at 2 and at 4.</summary>
    public static void WriteFour(RunLogger logger)
    {
        for (int step = 1; step <= 4; step++)
        {
            logger.Write(step, Loss(1.0 / step));
            if (step % 2 == 0)
            {
                logger.Write(step, Score(step / 8.0));
                logger.Flush();
            }
        }

        logger.End(isDone: true);
    }
}
