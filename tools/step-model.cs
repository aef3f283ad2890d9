// How long an optimizer step takes on several ranks, by a model: what the passes take, what is sent, what is added.
//
//     dotnet run tools/step-model.cs -- 22713216 0.40 45
//
// Arguments: parameters of the model; seconds of one forward and backward pass of a rank, as a run's log has them per
// step of one batch; gigabytes per second that a rank reads and writes in memory.
//
// A rank sends all but its own part of the gradients once per pass, and its part of the new weights to all others once
// per step: 4 bytes a parameter each, times (N - 1) / N. It adds N parts of a N-th, and updates a N-th (36 bytes a
// parameter: weight, gradient, two moments and average read, and all but the gradient written). Every message costs a
// latency besides. Nothing is sent while a pass runs.

#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

using System.Globalization;

if (args.Length != 3)
{
    Console.Error.WriteLine("Give parameters, seconds of a pass, and GB/s of memory, such as 22713216 0.40 45.");
    return 2;
}

double parameters = double.Parse(args[0], CultureInfo.InvariantCulture);
double pass = double.Parse(args[1], CultureInfo.InvariantCulture);
double memory = double.Parse(args[2], CultureInfo.InvariantCulture) * 1e9;

// Gigabits per second, and seconds of latency of a message: Ethernet with TCP, and two with RDMA.
(double Gigabits, double Latency)[] networks = [(10, 30e-6), (100, 5e-6), (400, 3e-6)];

Console.WriteLine("| ranks | sent per rank and step | " + string.Join(" | ", networks.Select(
    network => string.Create(CultureInfo.InvariantCulture, $"{network.Gigabits} Gb/s: step, efficiency"))) + " |");
Console.WriteLine("|---|---|" + string.Concat(networks.Select(_ => "---|")));
for (int ranks = 2; ranks <= 1024; ranks *= 2)
{
    double bytes = 2 * 4 * parameters * (ranks - 1) / ranks;
    string cells = string.Join(" | ", networks.Select(network =>
    {
        double step = Step(ranks, bytes, network);
        double alone = Step(1, 0, network);
        return string.Create(CultureInfo.InvariantCulture, $"{step * 1e3:0} ms, {100 * alone / step:0} %");
    }));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {ranks} | {bytes / 1e6:0} MB | {cells} |"));
}

return 0;

// One pass of every rank: the examples of a step grow with the ranks.
double Step(int ranks, double bytes, (double Gigabits, double Latency) network)
{
    double sent = (bytes * 8 / (network.Gigabits * 1e9)) + (2 * (ranks - 1) * network.Latency);
    double added = ranks == 1 ? 0 : 12 * parameters / memory;
    double updated = 36 * parameters / ranks / memory;
    return pass + (ranks == 1 ? 0 : sent) + added + updated;
}
