namespace Akka.Actor;

/// <summary>Names of actors that were given none: <c>$a, $b, …</c>, little endian in base 64.</summary>
internal static class ChildNames
{
    private const string Digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";

    public static string Generated(long number)
    {
        Span<char> text = stackalloc char[16];
        text[0] = '$';
        var length = 1;
        do
        {
            text[length++] = Digits[(int)(number & 63)];
            number >>= 6;
        }
        while (number > 0);
        return new string(text[..length]);
    }

    public static void Check(string name)
    {
        if (name.Length == 0)
            throw new InvalidActorNameException("Actor name must not be empty.");
        if (!ActorPath.IsValidPathElement(name))
        {
            throw new InvalidActorNameException(
                $"Illegal actor name [{name}]. Actor paths MUST: not start with `$`, include only ASCII letters and can only contain "
                + $"these special characters: ${ActorPath.ValidSymbols}.");
        }
    }
}
