package p
var s any
func é(日本 int) { s = 日本;                                                                                                                                                                                                                                           s = 日本 + 1 }
