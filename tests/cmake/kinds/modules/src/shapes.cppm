export module shapes;
export import :square;
export int area(const Square& square);
