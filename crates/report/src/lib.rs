//! A study's result as one HTML page, XLSX and SVG.
