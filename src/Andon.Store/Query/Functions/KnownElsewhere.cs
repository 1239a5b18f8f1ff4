using System.Collections.Frozen;

namespace Andon.Store.Query.Functions;

/// <summary>Names of Kusto that Andon knows and does not offer: refused by name, so that an author need not look for a typing error.</summary>
internal static class KnownElsewhere
{
    public static readonly FrozenSet<string> Functions = Words("""
        rand beta_cdf
        treepath
        base64_decode_toguid base64_encode_fromarray base64_encode_fromguid
        bin_auto convert_angle convert_energy convert_length
        current_cluster_endpoint current_database current_principal current_principal_details current_principal_is_member_of cluster database table
        cursor_after cursor_before_or_at cursor_current extent_id extent_tags datetime_local_to_utc datetime_utc_to_local datetime_list_timezones
        dcount_hll hll hll_if hll_merge hll_isvalid tdigest tdigest_merge merge_tdigest percentile_tdigest percentrank_tdigest rank_tdigest estimate_data_size
        format_ipv6 make_string
        parse_command_line parse_user_agent parse_version parse_xml
        has_ipv6 has_any_ipv6 has_ipv6_prefix has_any_ipv6_prefix
        ipv4_lookup ipv4_range_to_cidr_list ipv6_lookup
        geo_distance_2points geo_distance_point_to_line geo_info_from_ip_address geo_point_in_circle geo_point_in_polygon geo_point_to_geohash geo_geohash_to_central_point geo_point_to_s2cell geo_point_to_h3cell
        typeof guid new_guid hash hash_combine hash_many hash_xxhash64 isnotnan
        percentilesw varianceifp buildschema argmax argmin covariance
        next prev row_cumsum row_number row_rank_dense row_rank_min row_window_session materialize toscalar not_null punycode_from_string punycode_to_string
        series_add series_decompose series_decompose_anomalies series_decompose_forecast series_fill_backward series_fill_const series_fill_forward series_fill_linear series_fir series_fit_2lines series_fit_line series_iir series_outliers series_periods_detect series_periods_validate series_seasonal series_stats series_stats_dynamic series_subtract series_multiply series_divide series_sum
        startofquarter to_utf8 unicode_codepoints_from_string unicode_codepoints_to_string url_decode_component welch_test zlib_compress_to_base64_string gzip_compress_to_base64_string gzip_decompress_from_base64_string zlib_decompress_from_base64_string
        externaldata datatable view _GetWatchlist workspace app adx arg resource union lookup evaluate
        """);

    static FrozenSet<string> Words(string text) => text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToFrozenSet();
}
