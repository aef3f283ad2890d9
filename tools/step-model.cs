// How long an optimizer step takes on several ranks, by a model: what the passes take, what is sent, what is added.
//
//     dotnet run tools/step-model.cs -- 22713216 11720448 0.40 45
//
// Arguments: parameters of the model; how many of them are tables of which a batch reads few rows, such as the
// vocabulary times the width; seconds of one forward and backward pass of a rank, as a run's log has them per step of
// one batch; gigabytes per second that a rank reads and writes in memory.
//
// A rank sends all but its own part of the gradients once per pass, without the tables, of whose rows nearly none are
// written, and a byte for each 128 parameters that says which are; and its part of the new weights to all others once
// per step, tables included: 4 bytes a parameter each, times (N - 1) / N. It packs what it sends (8 bytes a parameter),
// adds N parts of a N-th (12), and updates a N-th (36: weight, gradient, two moments and average read, and all but the
// gradient written). Every message costs a latency besides. Nothing is sent while a pass runs.

#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

using System.Globalization;

if (args.Length != 4)
{
    Console.Error.WriteLine(
        "Give parameters, those of tables, seconds of a pass, and GB/s of memory, such as 22713216 11720448 0.40 45.");
    return 2;
}

double parameters = double.Parse(args[0], CultureInfo.InvariantCulture);
double written = parameters - double.Parse(args[1], CultureInfo.InvariantCulture);
double pass = double.Parse(args[2], CultureInfo.InvariantCulture);
double memory = double.Parse(args[3], CultureInfo.InvariantCulture) * 1e9;

// Gigabits per second, and seconds of latency of a message: Ethernet with TCP, and two with RDMA.
(double Gigabits, double Latency)[] networks = [(10, 30e-6), (100, 5e-6), (400, 3e-6)];

Console.WriteLine("| ranks | sent per rank and step | " + string.Join(" | ", networks.Select(
    network => string.Create(CultureInfo.InvariantCulture, $"{network.Gigabits} Gb/s: step, efficiency"))) + " |");
Console.WriteLine("|---|---|" + string.Concat(networks.Select(_ => "---|")));
for (int ranks = 2; ranks <= 1024; ranks *= 2)
{
    double bytes = ((4 * written) + (parameters / 128) + (4 * parameters)) * (ranks - 1) / ranks;
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
    double sent = (bytes * 8 / (network.Gigabits * 1e9)) + (3 * (ranks - 1) * network.Latency);
    double added = ranks == 1 ? 0 : (8 + 12) * written / memory;
    double updated = 36 * parameters / ranks / memory;
    return pass + (ranks == 1 ? 0 : sent) + added + updated;
}
