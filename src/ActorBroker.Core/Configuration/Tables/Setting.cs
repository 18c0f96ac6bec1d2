namespace ActorBroker.Core.Configuration.Tables;

/// <summary>
/// Short forms for the tables: the type is the name of the method, then name, default, how it may change, meaning, bounds.
/// </summary>
internal static class Setting
{
    public static SettingDefinition Bool(string name, string? value, DynamicMode mode, string doc, SettingValidator? check = null) =>
        Make(name, SettingType.Boolean, value, mode, doc, check);

    public static SettingDefinition Int(string name, string? value, DynamicMode mode, string doc, SettingValidator? check = null) =>
        Make(name, SettingType.Int, value, mode, doc, check);

    public static SettingDefinition Short(string name, string? value, DynamicMode mode, string doc, SettingValidator? check = null) =>
        Make(name, SettingType.Short, value, mode, doc, check);

    public static SettingDefinition Long(string name, string? value, DynamicMode mode, string doc, SettingValidator? check = null) =>
        Make(name, SettingType.Long, value, mode, doc, check);

    public static SettingDefinition Double(string name, string? value, DynamicMode mode, string doc, SettingValidator? check = null) =>
        Make(name, SettingType.Double, value, mode, doc, check);

    public static SettingDefinition Text(string name, string? value, DynamicMode mode, string doc, SettingValidator? check = null) =>
        Make(name, SettingType.String, value, mode, doc, check);

    public static SettingDefinition List(string name, string? value, DynamicMode mode, string doc, SettingValidator? check = null) =>
        Make(name, SettingType.List, value, mode, doc, check);

    public static SettingDefinition Class(string name, string? value, DynamicMode mode, string doc, SettingValidator? check = null) =>
        Make(name, SettingType.Class, value, mode, doc, check);

    public static SettingDefinition Password(string name, string? value, DynamicMode mode, string doc, SettingValidator? check = null) =>
        Make(name, SettingType.Password, value, mode, doc, check);

    public static SettingDefinition Bool(string name, string? value, string doc, SettingValidator? check = null) =>
        Make(name, SettingType.Boolean, value, DynamicMode.ClusterWide, doc, check);

    public static SettingDefinition Int(string name, string? value, string doc, SettingValidator? check = null) =>
        Make(name, SettingType.Int, value, DynamicMode.ClusterWide, doc, check);

    public static SettingDefinition Long(string name, string? value, string doc, SettingValidator? check = null) =>
        Make(name, SettingType.Long, value, DynamicMode.ClusterWide, doc, check);

    public static SettingDefinition Double(string name, string? value, string doc, SettingValidator? check = null) =>
        Make(name, SettingType.Double, value, DynamicMode.ClusterWide, doc, check);

    public static SettingDefinition Text(string name, string? value, string doc, SettingValidator? check = null) =>
        Make(name, SettingType.String, value, DynamicMode.ClusterWide, doc, check);

    public static SettingDefinition List(string name, string? value, string doc, SettingValidator? check = null) =>
        Make(name, SettingType.List, value, DynamicMode.ClusterWide, doc, check);

    private static SettingDefinition Make(
        string name, SettingType type, string? value, DynamicMode mode, string doc, SettingValidator? check) =>
        new(name, type, value, check, doc) { Dynamic = mode };
}
