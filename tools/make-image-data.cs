// Writes two sets of small images, drawn by rules: shapes in any place, size and color, a little turned, before an uneven ground,
// with strokes across and noise over all. One set of 16 shapes to pre-train on, and one of 8 others, few of each and
// alike in pairs, to learn from.
//
//     dotnet run tools/make-image-data.cs -- artifacts/images
//
// Files are those of CIFAR-10's binary form, 32 x 32, with the names of the classes beside them. The same call writes
// the same bytes.

#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

using System.Text;

string folder = args.Length == 1 ? args[0] : throw new ArgumentException("Give the folder to write to.");
ShapeSet many = new(Shapes.Many), few = new(Shapes.Few);
many.Write(Path.Combine(folder, "many"), ("train", 500, 1), ("eval", 50, 2));
few.Write(Path.Combine(folder, "few"), ("train", 60, 3), ("eval", 40, 4), ("test", 250, 5));

/// <summary>Classes of shapes, and the files of their images.</summary>
/// <param name="shapes">The name of each, and whether a place is inside; shapes reach from -1 to 1.</param>
internal sealed class ShapeSet((string Name, Func<double, double, bool> Has)[] shapes)
{
    public void Write(string folder, params (string Name, int PerClass, int Seed)[] files)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "batches.meta.txt"), string.Concat(shapes.Select(shape => shape.Name + "\n")),
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        foreach ((string name, int perClass, int seed) in files)
        {
            Picture picture = new(new Random(seed));
            using FileStream file = File.Create(Path.Combine(folder, name + ".bin"));
            for (int i = 0; i < perClass * shapes.Length; i++)
            {
                file.WriteByte((byte)(i % shapes.Length));
                file.Write(picture.Draw(shapes[i % shapes.Length].Has));
            }
        }

        Console.WriteLine($"{folder}: {shapes.Length} shapes, " +
            string.Join(", ", files.Select(file => $"{file.PerClass * shapes.Length} {file.Name}")));
    }
}

/// <summary>Draws images of 32 x 32, red, green and blue one after another.</summary>
internal sealed class Picture(Random random)
{
    private const int Side = 32, Channels = 3, Samples = 3, Cells = 4;

    private readonly double[,,] _values = new double[Side, Side, Channels];

    public byte[] Draw(Func<double, double, bool> shape)
    {
        DrawGround();
        double[] color = ColorApartFrom(Mean());
        double size = Between(9, 14), angle = Between(-0.5, 0.5);
        double slant = Between(0.75, 1.33);
        (double x, double y) = (Between(size * 0.8, Side - (size * 0.8)), Between(size * 0.8, Side - (size * 0.8)));
        (double cos, double sin) = (Math.Cos(angle), Math.Sin(angle));
        Paint(color, (column, row) =>
        {
            (double dx, double dy) = ((column - x) / size, (row - y) / size);
            return shape(((dx * cos) + (dy * sin)) * slant, ((dy * cos) - (dx * sin)) / slant);
        });
        for (int stroke = random.Next(0, 3); stroke > 0; stroke--)
        {
            DrawStroke();
        }

        return Noisy(Between(4, 12));
    }

    /// <summary>Colors of a coarse grid, blended in between.</summary>
    private void DrawGround()
    {
        double[] mean = Color();
        double spread = Between(4, 24);
        double[,,] grid = new double[Cells + 1, Cells + 1, Channels];
        foreach ((int i, int j, int c) in Places(Cells + 1))
        {
            grid[i, j, c] = mean[c] + Between(-spread, spread);
        }

        foreach ((int row, int column, int c) in Places(Side))
        {
            (double v, double u) = ((double)row * Cells / Side, (double)column * Cells / Side);
            (int i, int j) = ((int)v, (int)u);
            (v, u) = (v - i, u - j);
            _values[row, column, c] =
                ((1 - v) * (((1 - u) * grid[i, j, c]) + (u * grid[i, j + 1, c])))
                + (v * (((1 - u) * grid[i + 1, j, c]) + (u * grid[i + 1, j + 1, c])));
        }
    }

    private void DrawStroke()
    {
        (double x, double y, double angle) = (Between(0, Side), Between(0, Side), Between(0, Math.PI));
        double width = Between(0.4, 1.1), length = Between(6, 20);
        (double cos, double sin) = (Math.Cos(angle), Math.Sin(angle));
        Paint(Color(), (column, row) =>
        {
            (double dx, double dy) = (column - x, row - y);
            return Math.Abs((dy * cos) - (dx * sin)) < width && Math.Abs((dx * cos) + (dy * sin)) < length;
        });
    }

    /// <summary>Mixes a color into every pixel by how much of it is inside.</summary>
    private void Paint(double[] color, Func<double, double, bool> inside)
    {
        for (int row = 0; row < Side; row++)
        {
            for (int column = 0; column < Side; column++)
            {
                int hits = 0;
                for (int sample = 0; sample < Samples * Samples; sample++)
                {
                    double dx = ((sample % Samples) + 0.5) / Samples, dy = ((sample / Samples) + 0.5) / Samples;
                    hits += inside(column + dx, row + dy) ? 1 : 0;
                }

                double share = (double)hits / (Samples * Samples);
                for (int c = 0; c < Channels; c++)
                {
                    _values[row, column, c] += share * (color[c] - _values[row, column, c]);
                }
            }
        }
    }

    private byte[] Noisy(double deviation)
    {
        byte[] bytes = new byte[Channels * Side * Side];
        foreach ((int row, int column, int c) in Places(Side))
        {
            double noise = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            bytes[(c * Side * Side) + (row * Side) + column] =
                (byte)Math.Clamp(Math.Round(_values[row, column, c] + (deviation * noise)), 0, 255);
        }

        return bytes;
    }

    private double[] ColorApartFrom(double[] other)
    {
        while (true)
        {
            double[] color = Color();
            if (color.Zip(other, (a, b) => Math.Abs(a - b)).Sum() > 200)
            {
                return color;
            }
        }
    }

    private double[] Mean() =>
        [.. Enumerable.Range(0, Channels).Select(c => Places(Side).Where(p => p.C == c).Average(p => _values[p.I, p.J, c]))];

    private double[] Color() => [Between(20, 235), Between(20, 235), Between(20, 235)];

    private double Between(double low, double high) => low + ((high - low) * random.NextDouble());

    private static IEnumerable<(int I, int J, int C)> Places(int side) =>
        from i in Enumerable.Range(0, side)
        from j in Enumerable.Range(0, side)
        from c in Enumerable.Range(0, Channels)
        select (i, j, c);
}

/// <summary>The shapes.</summary>
internal static class Shapes
{
    public static (string, Func<double, double, bool>)[] Many { get; } =
    [
        ("disc", (x, y) => Radius(x, y) < 0.9),
        ("square", (x, y) => Math.Max(Math.Abs(x), Math.Abs(y)) < 0.75),
        ("triangle", (x, y) => Polygon(3, x, y)),
        ("ellipse", (x, y) => Radius(x, 2.2 * y) < 1),
        ("crescent", (x, y) => Radius(x, y) < 0.95 && Radius(x - 0.45, y) > 0.75),
        ("half disc", (x, y) => Radius(x, y) < 0.95 && y > 0),
        ("gear", (x, y) => Radius(x, y) < 0.8 + (0.15 * Math.Sign(Math.Sin(8 * Math.Atan2(y, x))))),
        ("arrow", (x, y) => x > 0 ? x < 1 && Math.Abs(y) < 0.8 * (1 - x) : x > -1 && Math.Abs(y) < 0.25),
        ("corner", (x, y) => Bar(x, y + 0.6) || Bar(y, x + 0.6)),
        ("tee", (x, y) => Bar(x, y + 0.6) || (Math.Abs(x) < 0.25 && y is > -0.6 and < 0.95)),
        ("pair", (x, y) => Radius(Math.Abs(x) - 0.55, y) < 0.4),
        ("bars", (x, y) => Math.Abs(x) < 0.9 && Math.Abs(Math.Abs(y) - 0.5) < 0.22),
        ("star of four", (x, y) => Star(4, x, y)),
        ("drop", (x, y) => Radius(x, y) < 0.6 || (y is < 0 and > -1 && Math.Abs(x) < 0.6 * (1 + y))),
        ("frame", (x, y) => Math.Max(Math.Abs(x), Math.Abs(y)) is < 0.8 and > 0.45),
        ("wave", (x, y) => Math.Abs(x) < 0.95 && Math.Abs(y - (0.45 * Math.Sin(4 * x))) < 0.22),
    ];

    public static (string, Func<double, double, bool>)[] Few { get; } =
    [
        ("ring", (x, y) => Radius(x, y) is < 0.95 and > 0.55),
        ("open ring", (x, y) => Radius(x, y) is < 0.95 and > 0.55 && (x < 0 || Math.Abs(y) > 0.3)),
        ("pentagon", (x, y) => Polygon(5, x, y)),
        ("hexagon", (x, y) => Polygon(6, x, y)),
        ("star of five", (x, y) => Star(5, x, y)),
        ("star of six", (x, y) => Star(6, x, y)),
        ("cross", (x, y) => Bar(x, y) || Bar(y, x)),
        ("hourglass", (x, y) => Math.Abs(y) < 0.9 && Math.Abs(x) < Math.Abs(y)),
    ];

    private static double Radius(double x, double y) => Math.Sqrt((x * x) + (y * y));

    private static bool Bar(double along, double across) => Math.Abs(along) < 0.95 && Math.Abs(across) < 0.28;

    /// <summary>Inside a regular polygon with its corners on a circle of 0.95.</summary>
    private static bool Polygon(int corners, double x, double y)
    {
        double sector = 2 * Math.PI / corners;
        double turn = Math.Abs(Fold(Math.Atan2(y, x), sector));
        return Radius(x, y) * Math.Cos((sector / 2) - turn) < 0.95 * Math.Cos(sector / 2);
    }

    /// <summary>Inside a star whose points reach 1 and whose notches 0.45.</summary>
    private static bool Star(int points, double x, double y)
    {
        double sector = 2 * Math.PI / points;
        double share = Math.Abs(Fold(Math.Atan2(y, x), sector)) / (sector / 2);
        return Radius(x, y) < 1 - (0.55 * share);
    }

    /// <summary>An angle's distance from the middle of its sector's nearest corner.</summary>
    private static double Fold(double angle, double sector) => angle - (sector * Math.Round(angle / sector));
}
